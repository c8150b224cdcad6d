// The metrics served at /metrics.

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

// One value of a metric with its labels.
struct Sample {
  double value = 0;
  Labels labels;
};

// Holds two types of metrics: counters and histograms that are updated when events happen, and values that
// are read on each scrape. The former live as long as the registry; everything that the latter read must
// outlive the last Text().
//
// A name has one type and one help text; registering it again returns the existing metric or adds to it.
// Names, labels and buckets that Kubernetes components use have the same meaning here, so that existing
// dashboards work.
class Registry {
 public:
  using Buckets = std::vector<double>;
  using Read = std::function<std::vector<Sample>()>;

  // Content-Type of Text().
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Returns the counter with these labels, created with value 0 if it does not exist. Keep the reference: the
  // lookup is slower than counting.
  prometheus::Counter& Counter(const std::string& name, const std::string& help, const Labels& labels = {});
  // `buckets` are the upper bounds in ascending order; +Inf is added.
  prometheus::Histogram& Histogram(const std::string& name, const std::string& help, const Buckets& buckets,
                                   const Labels& labels = {});

  // Adds a gauge whose samples are read on each call of Text().
  void ReadGauge(const std::string& name, const std::string& help, Read read);
  // Adds a counter whose samples are read on each call of Text().
  void ReadCounter(const std::string& name, const std::string& help, Read read);

  // Returns all metrics in Prometheus text format, ordered by name and labels.
  std::string Text() const;
  // Returns only the metrics with these names.
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

// Returns `count` bounds: the first is `start`, each further one is `factor` times the previous one.
Registry::Buckets ExponentialBuckets(double start, double factor, int count);

}  // namespace k8sm::metrics

#endif  // K8SM_LIB_METRICS_REGISTRY_H_
