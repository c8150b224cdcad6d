// What /metrics tells, gathered from all over the program.

#ifndef K8SM_LIB_METRICS_REGISTRY_H_
#define K8SM_LIB_METRICS_REGISTRY_H_

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
template <class T>
class Family;
class Registry;
}  // namespace prometheus

namespace k8sm::metrics {

using Labels = std::map<std::string, std::string>;

struct Sample {
  double value = 0;
  Labels labels;
};

// Metrics of two kinds: counters and histograms that are told of events as they happen, and values that are
// read where somebody asks for the page. The former live as long as the registry; what the latter read has to
// outlive the last Text().
//
// A name has one type and one help text: whoever names a metric again gets or adds to the one that is there.
// The names, labels and buckets that Kubernetes' own components use mean what they mean there, so that
// dashboards fit.
class Registry {
 public:
  using Buckets = std::vector<double>;
  using Read = std::function<std::vector<Sample>()>;

  // What Text() is, for the header Content-Type.
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // The one with these labels, from now on part of the page, with 0 at first. To be looked up once and kept:
  // looking up takes longer than counting.
  prometheus::Counter& Counter(const std::string& name, const std::string& help, const Labels& labels = {});
  // `buckets`: the upper bounds, growing; the last, infinity, is added.
  prometheus::Histogram& Histogram(const std::string& name, const std::string& help, const Buckets& buckets,
                                   const Labels& labels = {});

  void ReadGauge(const std::string& name, const std::string& help, Read read);
  void ReadCounter(const std::string& name, const std::string& help, Read read);

  // The page: all metrics in Prometheus' text format, ordered by name and labels.
  std::string Text() const;
  // Only those with these names.
  std::string TextOf(const std::vector<std::string_view>& names) const;

 private:
  struct ReadFamily {
    std::string help;
    prometheus::MetricType type;
    std::vector<Read> reads;
  };

  void AddRead(const std::string& name, const std::string& help, prometheus::MetricType type, Read read);
  std::vector<prometheus::MetricFamily> Collect() const;

  std::unique_ptr<prometheus::Registry> counted_;
  std::map<std::string, ReadFamily> read_;
};

// `count` bounds, the first one `start`, each `factor` times the one before.
Registry::Buckets ExponentialBuckets(double start, double factor, int count);

}  // namespace k8sm::metrics

#endif  // K8SM_LIB_METRICS_REGISTRY_H_
