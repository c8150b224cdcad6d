#include "controller/ops/slices_metrics.h"

#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/ops/metric_lines.h"

#include <string>

namespace k8sm::controller {
namespace {

using endpoints::SliceCounts;
using kube::ObjectKey;
using kube::Service;
using kube::Symbol;

ObjectKey Key(const std::string& name) {
  return {Symbol("shop"), Symbol(name)};
}

Service Distributed(const std::string& distribution) {
  Service service = test::MakeService("web");
  service.traffic_distribution = Symbol(distribution);
  return service;
}

struct Fixture {
  void Plan(const std::string& name, const Service* service, const SliceCounts& counts,
            std::size_t changes = 0) {
    metrics.OnPlanned(Key(name), service, counts, changes);
  }
  // The value of a sample of endpoint_slice_controller_*.
  std::string Value(const std::string& sample) const {
    return ValueOf(registry, "endpoint_slice_controller_" + sample);
  }
  std::string Totals() const {
    return Value("endpoints_desired") + " " + Value("num_endpoint_slices") + " " +
           Value("desired_endpoint_slices");
  }
  std::string Services(const std::string& distribution) const {
    return Value("services_count_by_traffic_distribution{traffic_distribution=\"" + distribution + "\"}");
  }
  std::string Changed(const std::string& distribution) const {
    return Value("endpointslices_changed_per_sync_count{topology=\"Disabled\",traffic_distribution=\"" +
                 distribution + "\"}");
  }

  metrics::Registry registry;
  SlicesMetrics metrics{registry};
  const Service plain = Distributed("");
};

TEST_CASE("all metrics of slices are 0 at first", "[slices_metrics]") {
  const Fixture f;
  CHECK(f.Totals() == "0 0 0");
  for (const std::string operation : {"create", "update", "delete"})
    CHECK(f.Value("changes{operation=\"" + operation + "\"}") == "0");
  for (const std::string name :
       {"PreferClose", "PreferSameZone", "PreferSameNode", "ImplementationSpecific"}) {
    CHECK(f.Services(name) == "0");
    CHECK(f.Changed(name) == "0");
  }
  CHECK(f.Changed("") == "0");
  CHECK(f.Services("") == "none");
}

TEST_CASE("the totals are those of the last plan of each service", "[slices_metrics]") {
  Fixture f;
  f.Plan("web", &f.plain, {.endpoints = 10, .slices = 3, .fewest_slices = 2});
  f.Plan("db", &f.plain, {.endpoints = 5, .slices = 1, .fewest_slices = 1});
  CHECK(f.Totals() == "15 4 3");
  f.Plan("web", &f.plain, {.endpoints = 7, .slices = 2, .fewest_slices = 1});
  CHECK(f.Totals() == "12 3 2");
  f.Plan("web", nullptr, {});
  CHECK(f.Totals() == "5 1 1");
  // Again, since a service without slices may be planned repeatedly.
  f.Plan("web", nullptr, {});
  CHECK(f.Totals() == "5 1 1");
  f.Plan("db", nullptr, {});
  CHECK(f.Totals() == "0 0 0");
}

TEST_CASE("added and removed endpoints are counted for each plan", "[slices_metrics]") {
  Fixture f;
  f.Plan("web", &f.plain, {.added = 7, .removed = 2});
  f.Plan("web", nullptr, {.removed = 3});
  CHECK(f.Value("endpoints_added_per_sync_count") == "2");
  CHECK(f.Value("endpoints_added_per_sync_sum") == "7");
  CHECK(f.Value("endpoints_removed_per_sync_count") == "2");
  CHECK(f.Value("endpoints_removed_per_sync_sum") == "5");
}

TEST_CASE("services are counted by their traffic distribution, unknown ones together", "[slices_metrics]") {
  Fixture f;
  for (const std::string name : {"PreferClose", "PreferSameZone", "PreferSameNode", "Other", "Another"}) {
    const Service service = Distributed(name);
    f.Plan(name, &service, {}, 4);
  }
  f.Plan("web", &f.plain, {}, 1);
  for (const std::string name : {"PreferClose", "PreferSameZone", "PreferSameNode"}) {
    CHECK(f.Services(name) == "1");
    CHECK(f.Changed(name) == "1");
  }
  CHECK(f.Services("ImplementationSpecific") == "2");
  CHECK(f.Changed("ImplementationSpecific") == "2");
  CHECK(f.Changed("") == "1");
  // A service whose distribution changes, and one that is deleted.
  f.Plan("PreferClose", &f.plain, {});
  CHECK(f.Services("PreferClose") == "0");
  f.Plan("Other", nullptr, {});
  CHECK(f.Services("ImplementationSpecific") == "1");
}

TEST_CASE("each write of a slice is counted by its operation", "[slices_metrics]") {
  Fixture f;
  f.metrics.OnWritten(SliceOperation::kCreate);
  for (int i = 0; i < 2; ++i) f.metrics.OnWritten(SliceOperation::kUpdate);
  for (int i = 0; i < 3; ++i) f.metrics.OnWritten(SliceOperation::kDelete);
  CHECK(f.Value("changes{operation=\"create\"}") == "1");
  CHECK(f.Value("changes{operation=\"update\"}") == "2");
  CHECK(f.Value("changes{operation=\"delete\"}") == "3");
}

}  // namespace
}  // namespace k8sm::controller
