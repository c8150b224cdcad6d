#include "lib/metrics/registry.h"

#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::metrics {
namespace {

TEST_CASE("a page lists metrics by name and labels, with their types and help texts") {
  Registry registry;
  registry.Counter("b_total", "Bs so far.", {{"kind", "y"}}).Increment(2);
  registry.Counter("b_total", "Bs so far.", {{"kind", "x"}});
  registry.ReadGauge("a", "As now.", [] { return std::vector<Sample>{{1.5, {}}}; });
  registry.Histogram("c_seconds", "Cs.", {0.1, 1}, {{"name", "n"}}).Observe(0.5);
  CHECK(registry.Text() ==
        "# HELP a As now.\n"
        "# TYPE a gauge\n"
        "a 1.5\n"
        "# HELP b_total Bs so far.\n"
        "# TYPE b_total counter\n"
        "b_total{kind=\"x\"} 0\n"
        "b_total{kind=\"y\"} 2\n"
        "# HELP c_seconds Cs.\n"
        "# TYPE c_seconds histogram\n"
        "c_seconds_count{name=\"n\"} 1\n"
        "c_seconds_sum{name=\"n\"} 0.5\n"
        "c_seconds_bucket{name=\"n\",le=\"0.1\"} 0\n"
        "c_seconds_bucket{name=\"n\",le=\"1\"} 1\n"
        "c_seconds_bucket{name=\"n\",le=\"+Inf\"} 1\n");
}

TEST_CASE("registering a metric again returns the existing one") {
  Registry registry;
  registry.Counter("a_total", "As.", {{"b", "c"}}).Increment();
  registry.Counter("a_total", "As.", {{"b", "c"}}).Increment();
  CHECK(registry.Text().ends_with("a_total{b=\"c\"} 2\n"));
}

TEST_CASE("metrics that are read are read for each page, from all of their sources") {
  Registry registry;
  double value = 1;
  registry.ReadCounter("a_total", "As.", [&] { return std::vector<Sample>{{value, {{"b", "2"}}}}; });
  registry.ReadCounter("a_total", "As.", [&] { return std::vector<Sample>{{7, {{"b", "1"}}}}; });
  const std::string head = "# HELP a_total As.\n# TYPE a_total counter\na_total{b=\"1\"} 7\n";
  CHECK(registry.Text() == head + "a_total{b=\"2\"} 1\n");
  value = 2;
  CHECK(registry.Text() == head + "a_total{b=\"2\"} 2\n");
}

TEST_CASE("a counter without the suffix _total keeps its name") {
  Registry registry;
  registry.Counter("endpoint_slice_controller_syncs", "Syncs.");
  CHECK(registry.Text().ends_with(
      "# TYPE endpoint_slice_controller_syncs counter\nendpoint_slice_controller_syncs 0\n"));
}

TEST_CASE("a metric without samples is not on the page") {
  Registry registry;
  registry.ReadGauge("a", "As.", [] { return std::vector<Sample>(); });
  CHECK(registry.Text().empty());
}

TEST_CASE("label values may contain anything and are escaped") {
  Registry registry;
  registry.ReadGauge("a", "As.", [] { return std::vector<Sample>{{1, {{"b", "\"\\\n<error>"}}}}; });
  CHECK(registry.Text().ends_with("a{b=\"\\\"\\\\\\n<error>\"} 1\n"));
}

TEST_CASE("TextOf returns the metrics of the given names") {
  Registry registry;
  registry.Counter("a_total", "As.");
  registry.Counter("b_total", "Bs.");
  CHECK(registry.TextOf({"b_total", "c_total"}) == "# HELP b_total Bs.\n# TYPE b_total counter\nb_total 0\n");
}

TEST_CASE("large numbers are written in full") {
  Registry registry;
  registry.Counter("a_total", "As.").Increment(123456789);
  registry.ReadGauge("b", "Bs.", [] { return std::vector<Sample>{{1767225600.25, {}}}; });
  CHECK(registry.Text().find("a_total 123456789\n") != std::string::npos);
  CHECK(registry.Text().find("b 1767225600.25\n") != std::string::npos);
}

TEST_CASE("ExponentialBuckets returns bounds that grow by the factor") {
  CHECK(ExponentialBuckets(2, 2, 4) == Registry::Buckets{2, 4, 8, 16});
}

}  // namespace
}  // namespace k8sm::metrics
