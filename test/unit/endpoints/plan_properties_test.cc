// Properties of the plan for every cluster state, tested with random states.

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/subsets.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/support/subset_text.h"
#include "test/unit/endpoints/plan_of.h"
#include "test/unit/endpoints/random_state.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::Endpoints;
using kube::EndpointSubset;
using kube::Pod;
using kube::Service;

constexpr int kStates = 400;
constexpr AddressMode kModes[] = {AddressMode::kHostPort, AddressMode::kPodIp};

// Calls check(state, mode, random) for many states in both modes.
template <class Check>
void ForEachState(unsigned seed, Check check) {
  std::mt19937 random(seed);
  for (int i = 0; i < kStates; ++i) {
    const RandomState state = MakeRandomState(random);
    for (const AddressMode mode : kModes) {
      CAPTURE(seed, i, mode == AddressMode::kHostPort);
      check(state, mode, random);
    }
  }
}

EndpointsAndSkips Plan(const RandomState& state, AddressMode mode) {
  return PlanOf(state.service, test::PointersTo(state.pods), mode);
}

std::vector<std::string> SkipsAsText(const EndpointsAndSkips& plan) {
  std::vector<std::string> lines;
  for (const Skip& skip : plan.skips) {
    lines.push_back(ToString(skip.pod) + " " + skip.pod_uid.Text() + " " + skip.service_port + " " +
                    std::string(ToString(skip.reason)) + " " + skip.sentence);
  }
  return lines;
}

// The Endpoints as a server returns them: with a resourceVersion and in an order of its own.
Endpoints Stored(Endpoints endpoints, std::mt19937& random) {
  endpoints.meta.resource_version = "1";
  for (EndpointSubset& subset : endpoints.subsets) {
    std::shuffle(subset.addresses.begin(), subset.addresses.end(), random);
    std::shuffle(subset.not_ready_addresses.begin(), subset.not_ready_addresses.end(), random);
    std::shuffle(subset.ports.begin(), subset.ports.end(), random);
  }
  std::shuffle(endpoints.subsets.begin(), endpoints.subsets.end(), random);
  return endpoints;
}

// Each address of each port: "pod@ip port", or "pod@ip -" in a subset without ports.
std::multiset<std::string> Places(const std::vector<EndpointSubset>& subsets) {
  std::multiset<std::string> places;
  for (const EndpointSubset& subset : subsets) {
    for (const auto* kind : {&subset.addresses, &subset.not_ready_addresses}) {
      for (const kube::EndpointAddress& address : *kind) {
        if (subset.ports.empty()) places.insert(test::ToText(address) + " -");
        for (const kube::EndpointPort& port : subset.ports)
          places.insert(test::ToText(address) + " " + test::ToText(port));
      }
    }
  }
  return places;
}

TEST_CASE("the plan does not depend on the order of the pods") {
  ForEachState(1, [](const RandomState& state, AddressMode mode, std::mt19937& random) {
    const EndpointsAndSkips plan = Plan(state, mode);
    auto pods = test::PointersTo(state.pods);
    for (int round = 0; round < 3; ++round) {
      std::shuffle(pods.begin(), pods.end(), random);
      const EndpointsAndSkips other = PlanOf(state.service, pods, mode);
      REQUIRE(other.subsets == plan.subsets);
      REQUIRE(other.labels == plan.labels);
      REQUIRE(other.truncated == plan.truncated);
      REQUIRE(SkipsAsText(other) == SkipsAsText(plan));
    }
  });
}

TEST_CASE("what was written is not written again, in whatever order the server returns it") {
  ForEachState(2, [](const RandomState& state, AddressMode mode, std::mt19937& random) {
    const EndpointsAndSkips plan = Plan(state, mode);
    const auto write = PlannedWrite(state.service, plan, nullptr, test::kEpoch);
    REQUIRE(write.has_value());
    for (int round = 0; round < 3; ++round) {
      const Endpoints stored = Stored(*write, random);
      REQUIRE_FALSE(PlannedWrite(state.service, Plan(state, mode), &stored, std::nullopt).has_value());
    }
  });
}

TEST_CASE("from any earlier state one write leads to the plan") {
  std::optional<Endpoints> current;
  ForEachState(3, [&](const RandomState& state, AddressMode mode, std::mt19937& random) {
    const EndpointsAndSkips plan = Plan(state, mode);
    const auto write = PlannedWrite(state.service, plan, current ? &*current : nullptr, std::nullopt);
    if (write) current = Stored(*write, random);
    REQUIRE(current.has_value());
    REQUIRE(Canonical(current->subsets) == plan.subsets);
    REQUIRE(current->meta.labels == plan.labels);
    REQUIRE_FALSE(PlannedWrite(state.service, plan, &*current, std::nullopt).has_value());
  });
}

TEST_CASE("planning modifies neither pods nor the stored Endpoints") {
  ForEachState(4, [](const RandomState& state, AddressMode mode, std::mt19937& random) {
    const std::vector<Pod> pods = state.pods;
    const EndpointsAndSkips plan = Plan(state, mode);
    for (std::size_t i = 0; i < pods.size(); ++i) REQUIRE(SameForEndpoints(pods[i], state.pods[i]));

    Endpoints current = Stored(*PlannedWrite(state.service, plan, nullptr, std::nullopt), random);
    current.meta.labels.Set(kube::Symbol("foreign"), kube::Symbol("x"));
    const Endpoints before = current;
    REQUIRE(PlannedWrite(state.service, plan, &current, test::kEpoch).has_value());
    REQUIRE(current.subsets == before.subsets);
    REQUIRE(current.meta.labels == before.meta.labels);
    REQUIRE(current.meta.annotations == before.meta.annotations);
  });
}

TEST_CASE("every granted address appears exactly once for its port") {
  ForEachState(5, [](const RandomState& state, AddressMode mode, std::mt19937&) {
    const auto pods = test::PointersTo(state.pods);
    const Verdicts verdicts = Judge(state.service, pods, mode, nullptr);
    std::multiset<std::string> granted;
    ForEachInEndpoints(verdicts, [&](const Pod& pod, const kube::ServicePort* port, const Place& place) {
      const std::string at = pod.meta.name + "@" + place.ip + " ";
      granted.insert(at + (port == nullptr
                               ? "-"
                               : test::ToText(kube::EndpointPort{port->name, place.port, port->protocol,
                                                                 port->app_protocol})));
    });
    REQUIRE(Places(PlanEndpoints(verdicts).subsets) == granted);
  });
}

TEST_CASE("every pod that has neither ended nor is terminating is granted or skipped once for each port") {
  ForEachState(6, [](const RandomState& state, AddressMode mode, std::mt19937&) {
    const auto pods = test::PointersTo(state.pods);
    Service service = state.service;
    service.ip_families = {PrimaryFamily(service)};
    const Verdicts verdicts = Judge(service, pods, mode, nullptr);
    std::map<std::string, int> told;
    ForEachInEndpoints(verdicts, [&](const Pod& pod, const kube::ServicePort* port, const Place&) {
      if (!pod.meta.deletion_timestamp) ++told[pod.meta.name + " " + (port ? PortLabel(*port) : "")];
    });
    for (const Skip& skip : SkipsOf(verdicts)) ++told[skip.pod.name + " " + skip.service_port];

    const auto members = std::ranges::count_if(
        state.pods, [](const Pod& pod) { return !HasEnded(pod) && !pod.meta.deletion_timestamp; });
    // A service without ports lists addresses only if it is headless.
    if (service.ports.empty() && service.cluster_ip.get() != "None") return;
    REQUIRE(told.size() == static_cast<std::size_t>(members) * verdicts.ports.size());
    REQUIRE(std::all_of(told.begin(), told.end(), [](const auto& each) { return each.second == 1; }));
  });
}

TEST_CASE("in host-port mode no two pods hold the same address, port and protocol") {
  ForEachState(7, [](const RandomState& state, AddressMode mode, std::mt19937&) {
    if (mode == AddressMode::kPodIp || state.service.ports.empty()) return;
    const auto pods = test::PointersTo(state.pods);
    const Verdicts verdicts = Judge(state.service, pods, mode, nullptr);
    std::map<std::string, std::string> holders;
    ForEachInEndpoints(verdicts, [&](const Pod& pod, const kube::ServicePort* port, const Place& at) {
      REQUIRE(at.port >= 1);
      REQUIRE(at.port <= 65535);
      const std::string place =
          at.ip + " " + std::to_string(at.port) + "/" + std::string(ToString(port->protocol));
      REQUIRE(holders.try_emplace(place, pod.meta.name.get()).first->second == pod.meta.name.get());
    });
  });
}

TEST_CASE("the random states show most of the reasons to skip a pod") {
  std::map<std::string, int> count;
  ForEachState(8, [&](const RandomState& state, AddressMode mode, std::mt19937&) {
    for (const Skip& skip : Plan(state, mode).skips) ++count[std::string(ToString(skip.reason))];
  });
  for (const char* reason : {"no_container_port", "no_host_port", "bad_port_annotation", "no_host_ip",
                             "no_pod_ip", "ip_family_mismatch", "unusable_host_ip", "host_port_conflict"}) {
    CAPTURE(reason);
    CHECK(count[reason] > 0);
  }
}

}  // namespace
}  // namespace k8sm::endpoints
