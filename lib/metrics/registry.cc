#include "lib/metrics/registry.h"

#include <prometheus/client_metric.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cassert>
#include <iterator>

namespace k8sm::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

ClientMetric MetricOf(const Sample& sample, MetricType type) {
  ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = sample.value;
  return metric;
}

std::string Serialize(const std::vector<MetricFamily>& families) {
  // Called through the base class, because some versions of the library hide it in the derived class.
  const prometheus::TextSerializer text;
  const prometheus::Serializer& serializer = text;
  return serializer.Serialize(families);
}

}  // namespace

Registry::Registry() : counted_(std::make_unique<prometheus::Registry>()) {}

Registry::~Registry() = default;

prometheus::Counter& Registry::Counter(const std::string& name, const std::string& help,
                                       const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*counted_).Add(labels);
}

prometheus::Histogram& Registry::Histogram(const std::string& name, const std::string& help,
                                           const Buckets& buckets, const Labels& labels) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(*counted_).Add(labels, buckets);
}

void Registry::ReadGauge(const std::string& name, const std::string& help, Read read) {
  AddRead(name, help, MetricType::Gauge, std::move(read));
}

void Registry::ReadCounter(const std::string& name, const std::string& help, Read read) {
  AddRead(name, help, MetricType::Counter, std::move(read));
}

void Registry::AddRead(const std::string& name, const std::string& help, MetricType type, Read read) {
  ReadFamily& family = read_.try_emplace(name, ReadFamily{help, type, {}}).first->second;
  assert(family.type == type);
  family.reads.push_back(std::move(read));
}

std::vector<MetricFamily> Registry::Collect() const {
  std::vector<MetricFamily> families = counted_->Collect();
  for (const auto& [name, read] : read_) {
    MetricFamily family{.name = name, .help = read.help, .type = read.type, .metric = {}};
    for (const Read& each : read.reads) {
      for (const Sample& sample : each()) family.metric.push_back(MetricOf(sample, read.type));
    }
    families.push_back(std::move(family));
  }
  // Omit metrics without samples.
  std::erase_if(families, [](const MetricFamily& family) { return family.metric.empty(); });
  std::ranges::sort(families, {}, &MetricFamily::name);
  for (MetricFamily& family : families) {
    std::ranges::sort(family.metric,
                      [](const ClientMetric& a, const ClientMetric& b) { return a.label < b.label; });
  }
  return families;
}

std::string Registry::Text() const {
  return Serialize(Collect());
}

std::string Registry::TextOf(const std::vector<std::string_view>& names) const {
  std::vector<MetricFamily> families = Collect();
  std::erase_if(families, [&](const MetricFamily& family) {
    return std::ranges::find(names, std::string_view(family.name)) == names.end();
  });
  return Serialize(families);
}

Registry::Buckets ExponentialBuckets(double start, double factor, int count) {
  Registry::Buckets buckets;
  for (double bound = start; count > 0; --count, bound *= factor) buckets.push_back(bound);
  return buckets;
}

}  // namespace k8sm::metrics
