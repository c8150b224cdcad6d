// Properties of the plan of slices for every cluster state and whatever slices were stored before, tested
// with random states.

#include "lib/endpoints/slice_groups.h"
#include "lib/endpoints/slice_meta.h"
#include "lib/endpoints/slice_plan.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/support/slice_text.h"
#include "test/unit/endpoints/random_state.h"
#include "test/unit/endpoints/slice_store.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::EndpointSlice;
using kube::IpFamily;
using kube::Pod;
using kube::Service;
using kube::SliceEndpoint;
using kube::Symbol;
using kube::Uid;

constexpr int kStates = 150;
constexpr AddressMode kModes[] = {AddressMode::kHostPort, AddressMode::kPodIp};

template <class T>
const T& OneOf(const std::vector<T>& choices, std::mt19937& random) {
  return choices[random() % choices.size()];
}

RandomState MakeState(std::mt19937& random) {
  static const std::vector<const char*> kDistributions = {"", "", "PreferClose", "PreferSameNode"};
  RandomState state = MakeRandomState(random);
  state.service.traffic_distribution = Symbol(OneOf(kDistributions, random));
  return state;
}

// Adds a slice of another controller and one of an earlier service of the same name.
void AddForeign(const Service& service, SliceStore& store) {
  for (const char* name : {"foreign", "older"}) {
    EndpointSlice slice = NewSlice(service, IpFamily::kIPv4);
    slice.generate_name.clear();
    slice.meta.name = Symbol(name);
    slice.meta.labels = SliceLabels(service);
    store.Put(slice);
  }
  EndpointSlice foreign = *store.Find("foreign");
  foreign.meta.labels.Set(Symbol("endpointslice.kubernetes.io/managed-by"), Symbol("somebody"));
  store.Put(foreign);
  EndpointSlice older = *store.Find("older");
  older.owner->uid = Uid("uid-of-an-older-web");
  store.Put(older);
}

SliceStore MakeStore(AddressMode mode, std::mt19937& random) {
  SliceStore store;
  store.mode = mode;
  store.max_endpoints = 1 + random() % 8;
  // The states' nodes are node-1 to node-4.
  for (const auto& [name, zone] : {std::pair("node-1", "zone-a"), {"node-2", "zone-b"}, {"node-3", ""}})
    store.AddNode(name, zone);
  if (random() % 2 == 0) store.AddNode("node-4", "zone-a");
  return store;
}

// Calls check(store, state, random) for many states in both modes, each with the slices that the plan for
// another state has left and with some that are not ours or not for this service.
template <class Check>
void ForEachState(unsigned seed, Check check) {
  std::mt19937 random(seed);
  for (int i = 0; i < kStates; ++i) {
    for (const AddressMode mode : kModes) {
      CAPTURE(seed, i, mode == AddressMode::kHostPort);
      SliceStore store = MakeStore(mode, random);
      const RandomState before = MakeState(random);
      RandomState state = MakeState(random);
      // In half of the cases only the pods have changed.
      if (random() % 2 == 0) state.service = before.service;
      store.Sync(before.service, before.pods);
      store.max_endpoints = 1 + random() % 8;
      AddForeign(state.service, store);
      check(store, state, random);
    }
  }
}

std::vector<EndpointSlice> OursIn(const SliceStore& store) {
  std::vector<EndpointSlice> ours = store.All();
  std::erase_if(ours, [](const EndpointSlice& slice) { return !IsOurs(slice); });
  return ours;
}

std::set<IpFamily> FamiliesOf(const Service& service) {
  if (service.ip_families.empty()) return {PrimaryFamily(service)};
  return {service.ip_families.begin(), service.ip_families.end()};
}

// Where an endpoint belongs: "IPv4 pod-1@10.0.0.1 | http:80/TCP".
std::string PlaceOf(IpFamily family, const SliceEndpoint& endpoint, const PortSet& ports) {
  std::string text =
      std::string(ToString(family)) + " " + endpoint.target_ref->name + "@" + endpoint.address + " |";
  for (const kube::EndpointPort& port : ports) text += " " + test::ToText(port);
  return text;
}

// The endpoints that the slices have to list, according to a plan without stored slices.
std::map<std::string, SliceEndpoint> Desired(SliceStore store, const RandomState& state) {
  for (const EndpointSlice& slice : store.All()) store.Apply({.remove = {slice}});
  const SlicePlan plan = store.Plan(&state.service, state.pods);
  std::map<std::string, SliceEndpoint> desired;
  for (const EndpointSlice& slice : plan.create) {
    for (const SliceEndpoint& endpoint : slice.endpoints)
      desired.emplace(PlaceOf(*slice.family, endpoint, slice.ports), endpoint);
  }
  return desired;
}

bool Same(const EndpointSlice& a, const EndpointSlice& b) {
  return a.meta.name == b.meta.name && a.meta.resource_version == b.meta.resource_version &&
         a.meta.labels == b.meta.labels && a.meta.annotations == b.meta.annotations &&
         a.generate_name == b.generate_name && a.owner == b.owner && a.family == b.family &&
         a.ports == b.ports && a.endpoints == b.endpoints;
}

bool Same(const std::vector<EndpointSlice>& a, const std::vector<EndpointSlice>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const EndpointSlice& x, const EndpointSlice& y) { return Same(x, y); });
}

TEST_CASE("every desired endpoint is in exactly one slice, with the desired fields") {
  ForEachState(11, [](SliceStore& store, const RandomState& state, std::mt19937&) {
    const auto desired = Desired(store, state);
    store.Sync(state.service, state.pods);
    std::map<std::string, SliceEndpoint> stored;
    for (const EndpointSlice& slice : OursIn(store)) {
      for (const SliceEndpoint& endpoint : slice.endpoints)
        REQUIRE(stored.emplace(PlaceOf(*slice.family, endpoint, PortSetOf(slice.ports)), endpoint).second);
    }
    REQUIRE(stored == desired);
  });
}

TEST_CASE("slices list exactly what the verdicts list in each family") {
  ForEachState(12, [](SliceStore& store, const RandomState& state, std::mt19937&) {
    if (store.mode == AddressMode::kPodIp || state.service.publish_not_ready_addresses) return;
    store.AddNode("node-4", "");
    store.Sync(state.service, state.pods);
    const auto pods = test::PointersTo(state.pods);
    const kube::Node somewhere;
    const NodeLookup node_of = [&](const Symbol&) { return &somewhere; };
    const Verdicts verdicts = Judge(state.service, pods, store.mode, &node_of);
    std::multiset<std::string> granted;
    for (const FamilyVerdicts& family : verdicts.families) {
      for (std::size_t i = 0; i < family.verdicts.size(); ++i) {
        const Verdict& verdict = family.verdicts[i];
        if (!verdict.in_slices) continue;
        granted.insert(verdicts.pods[i / verdicts.ports.size()].pod->meta.name + "@" + verdict.place.ip +
                       ":" + std::to_string(verdict.place.port));
      }
    }
    std::multiset<std::string> listed;
    for (const EndpointSlice& slice : OursIn(store)) {
      for (const SliceEndpoint& endpoint : slice.endpoints) {
        const std::string pod = endpoint.target_ref->name + "@" + endpoint.address + ":";
        if (slice.ports.empty()) listed.insert(pod + "0");
        for (const kube::EndpointPort& port : slice.ports) listed.insert(pod + std::to_string(port.port));
      }
    }
    REQUIRE(listed == granted);
  });
}

TEST_CASE("no slice is over the limit and only a family with nothing to publish has an empty one") {
  ForEachState(13, [](SliceStore& store, const RandomState& state, std::mt19937&) {
    store.Sync(state.service, state.pods);
    std::map<IpFamily, std::size_t> slices;
    std::map<IpFamily, std::size_t> empty;
    for (const EndpointSlice& slice : OursIn(store)) {
      REQUIRE(slice.endpoints.size() <= store.max_endpoints);
      ++slices[*slice.family];
      if (!slice.endpoints.empty()) continue;
      ++empty[*slice.family];
      REQUIRE(slice.ports.empty());
    }
    REQUIRE(slices.size() == FamiliesOf(state.service).size());
    for (const IpFamily family : FamiliesOf(state.service))
      REQUIRE((empty[family] == 0 || slices[family] == 1));
  });
}

TEST_CASE("an endpoint that can stay in its slice does not move") {
  ForEachState(14, [](SliceStore& store, const RandomState& state, std::mt19937&) {
    const auto desired = Desired(store, state);
    const SliceStore before = store;
    store.Sync(state.service, state.pods);
    for (const EndpointSlice& slice : OursIn(before)) {
      if (!IsOwnedBy(slice, state.service)) continue;
      std::size_t stayed = 0;
      for (const SliceEndpoint& endpoint : slice.endpoints) {
        const auto place = desired.find(PlaceOf(*slice.family, endpoint, PortSetOf(slice.ports)));
        if (place == desired.end() || stayed == store.max_endpoints) continue;
        ++stayed;
        const EndpointSlice* after = store.Find(slice.meta.name);
        REQUIRE(after != nullptr);
        REQUIRE(std::ranges::count(after->endpoints, place->second) == 1);
      }
    }
  });
}

TEST_CASE("after a plan is carried out, planning again needs no write") {
  ForEachState(15, [](SliceStore& store, const RandomState& state, std::mt19937& random) {
    store.Sync(state.service, state.pods);
    store.trigger_time = test::kEpoch;
    REQUIRE(WritesOf(store.Plan(&state.service, state.pods, &random)) == 0);
  });
}

TEST_CASE("the slices' plan does not depend on the order of pods and slices") {
  ForEachState(16, [](SliceStore& store, const RandomState& state, std::mt19937& random) {
    const SlicePlan plan = store.Plan(&state.service, state.pods);
    for (int round = 0; round < 3; ++round) {
      const SlicePlan other = store.Plan(&state.service, state.pods, &random);
      REQUIRE(Same(other.create, plan.create));
      REQUIRE(Same(other.update, plan.update));
      REQUIRE(Same(other.remove, plan.remove));
    }
  });
}

TEST_CASE("a slice that is written differs from the stored one") {
  ForEachState(17, [](SliceStore& store, const RandomState& state, std::mt19937&) {
    for (const EndpointSlice& slice : store.Plan(&state.service, state.pods).update) {
      const EndpointSlice* stored = store.Find(slice.meta.name);
      REQUIRE(stored != nullptr);
      REQUIRE_FALSE(Same(slice, *stored));
    }
  });
}

TEST_CASE("in pod-IP mode a change of a pod's readiness takes one write per family in which it is listed") {
  ForEachState(18, [](SliceStore& store, RandomState state, std::mt19937& random) {
    // In host-port mode a readiness may decide between pods that claim the same port.
    if (store.mode == AddressMode::kHostPort || state.pods.empty()) return;
    store.Sync(state.service, state.pods);
    Pod& pod = state.pods[random() % state.pods.size()];
    pod.ready = !pod.ready;
    std::size_t places = 0;
    for (const EndpointSlice& slice : OursIn(store)) {
      places +=
          static_cast<std::size_t>(std::ranges::count_if(slice.endpoints, [&](const SliceEndpoint& endpoint) {
            return endpoint.target_ref->name == pod.meta.name;
          }));
    }
    const SlicePlan plan = store.Plan(&state.service, state.pods);
    REQUIRE(plan.update.size() == places);
    REQUIRE(WritesOf(plan) == places);
  });
}

TEST_CASE("only our slices are written, and those of an earlier service of the same name are removed") {
  ForEachState(19, [](SliceStore& store, const RandomState& state, std::mt19937&) {
    const EndpointSlice foreign = *store.Find("foreign");
    store.Sync(state.service, state.pods);
    REQUIRE(store.Find("foreign") != nullptr);
    REQUIRE(Same(*store.Find("foreign"), foreign));
    REQUIRE(store.Find("older") == nullptr);
    for (const EndpointSlice& slice : OursIn(store)) {
      REQUIRE(IsOwnedBy(slice, state.service));
      REQUIRE(slice.meta.labels == SliceLabels(state.service));
    }
    store.Apply(store.Plan(nullptr, state.pods));
    REQUIRE(test::ToText(store.All()) == std::vector{test::ToText(foreign)});
  });
}

TEST_CASE("the counts agree with what is stored") {
  ForEachState(20, [](SliceStore& store, const RandomState& state, std::mt19937&) {
    const auto count = [&] {
      std::size_t endpoints = 0;
      for (const EndpointSlice& slice : OursIn(store)) endpoints += slice.endpoints.size();
      return endpoints;
    };
    const std::size_t before = count();
    const SliceCounts counts = store.Sync(state.service, state.pods).counts;
    REQUIRE(counts.endpoints == count());
    REQUIRE(counts.slices == OursIn(store).size());
    REQUIRE(before + counts.added - counts.removed == counts.endpoints);
    REQUIRE(counts.fewest_slices <= counts.slices);
  });
}

TEST_CASE("however a service changes, its slices never outnumber its endpoints and families") {
  std::mt19937 random(21);
  for (const AddressMode mode : kModes) {
    SliceStore store = MakeStore(mode, random);
    store.max_endpoints = 4;
    for (int i = 0; i < kStates; ++i) {
      CAPTURE(i, mode == AddressMode::kHostPort);
      const RandomState state = MakeState(random);
      const SlicePlan plan = store.Sync(state.service, state.pods);
      REQUIRE(OursIn(store).size() <= plan.counts.endpoints + FamiliesOf(state.service).size());
      // No slice is removed that could have been reused for one that is created.
      for (const EndpointSlice& created : plan.create) {
        REQUIRE(std::ranges::none_of(
            plan.remove, [&](const EndpointSlice& gone) { return gone.family == created.family; }));
      }
    }
  }
}

}  // namespace
}  // namespace k8sm::endpoints
