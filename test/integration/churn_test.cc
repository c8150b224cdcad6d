// Changes that come faster than they are seen, names that are reused, and namespaces that are deleted.

#include "lib/kube_json/codec.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>

namespace k8sm::test {
namespace {

constexpr std::string_view kTriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";

// A running controller in a world with a service "web".
struct Churn {
  World world;
  int lamps = 0;

  Churn() {
    world.Create("nodes", "", NodeJson("node-1"));
    world.Create("services", "shop", ServiceJson("web"));
    world.Start(world.Defaults());
    REQUIRE(Becomes(""));
  }

  bool Becomes(const std::string& places) {
    return world.RunUntil([&] { return world.Places("shop", "web") == places; });
  }

  // Returns when the controller has seen all earlier changes: on each of its three watches, a later change
  // has had its effect.
  void CatchUp() {
    const std::string name = "lamp-" + std::to_string(++lamps);
    const auto is_lit = [&] { return world.Places("lamps", name) == "10.0.0.1:31999"; };
    world.Create("services", "lamps", ServiceJson(name));
    world.Create("pods", "lamps", PodJson({.name = name, .app = name, .host_port = 31999}));
    REQUIRE(world.RunUntil(is_lit));
    world.Delete("endpoints", "lamps", name);
    REQUIRE(world.RunUntil(is_lit));
  }

  // How many requests there were to write objects of this resource in the namespace.
  std::size_t Writes(std::string_view ns, std::string_view resource = "endpoints") {
    static const std::set<std::string> kVerbs = {"create", "update", "delete"};
    const auto& records = world.server().requests().records();
    return static_cast<std::size_t>(
        std::ranges::count_if(records, [&](const apiserver::RequestRecord& record) {
          return record.ns == ns && record.resource == resource && kVerbs.contains(record.verb);
        }));
  }

  std::string UidOf(const std::string& pod) {
    return kube_json::Decode<kube::Pod>(world.server().Get("pods", "shop", pod).value())
        .value()
        .meta.uid.Text();
  }

  // The uids of the pods that are listed.
  std::set<std::string> ListedUids() const {
    std::set<std::string> uids;
    const auto endpoints = world.EndpointsOf("shop", "web");
    if (!endpoints) return uids;
    for (const kube::EndpointSubset& subset : endpoints->subsets) {
      for (const auto* kind : {&subset.addresses, &subset.not_ready_addresses}) {
        for (const kube::EndpointAddress& address : *kind) uids.insert(address.target_ref->uid.Text());
      }
    }
    return uids;
  }

  // The number of warnings and errors.
  std::size_t Complaints() {
    return static_cast<std::size_t>(std::ranges::count_if(world.log().lines(), [](const std::string& line) {
      // It is true that services have no endpoints for a moment.
      if (line.find(" has no endpoints: ") != std::string::npos) return false;
      return line.starts_with("W ") || line.starts_with("E ");
    }));
  }
};

// ---- Readiness

TEST_CASE(
    "after readiness that flaps, Endpoints match the last state, with at most one write for each flap") {
  std::mt19937 random(20260103);
  Churn churn;
  PodSpec pod{.name = "a", .host_port = 31080};
  churn.world.Create("pods", "shop", PodJson(pod));
  REQUIRE(churn.Becomes("10.0.0.1:31080"));
  for (int round = 0; round < 50; ++round) {
    CAPTURE(round);
    churn.world.server().requests().Clear();
    const std::size_t flaps = 1 + random() % 8;
    for (std::size_t i = 0; i < flaps; ++i) {
      pod.ready = !pod.ready;
      churn.world.Update("pods", "shop", PodJson(pod));
      churn.world.Turn(static_cast<int>(random() % 12));
    }
    churn.CatchUp();
    REQUIRE(churn.Becomes(pod.ready ? "10.0.0.1:31080" : "-10.0.0.1:31080"));
    const std::size_t writes = churn.Writes("shop");
    REQUIRE(writes <= flaps);
    churn.CatchUp();
    REQUIRE(churn.Writes("shop") == writes);
  }
  CHECK(churn.Complaints() == 0);
}

// ---- Names that are reused

TEST_CASE("a pod recreated under its name is published with its new uid, even at the same address") {
  Churn churn;
  for (const int port : {31080, 31080, 31081}) {
    CAPTURE(port);
    if (churn.world.server().Get("pods", "shop", "a")) churn.world.Delete("pods", "shop", "a");
    churn.world.Create("pods", "shop", PodJson({.name = "a", .host_port = port}));
    const std::set<std::string> expected = {churn.UidOf("a")};
    CHECK(churn.world.RunUntil([&] { return churn.ListedUids() == expected; }));
    CHECK(churn.world.Places("shop", "web") == "10.0.0.1:" + std::to_string(port));
  }
}

TEST_CASE("a pod recreated while the API server was down is published with its new uid") {
  Churn churn;
  churn.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  REQUIRE(churn.Becomes("10.0.0.1:31080"));
  churn.world.server().Stop();
  churn.world.Delete("pods", "shop", "a");
  churn.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  churn.world.server().Compact();
  REQUIRE(churn.world.server().Start().has_value());
  const std::set<std::string> expected = {churn.UidOf("a")};
  CHECK(churn.world.RunUntil([&] { return churn.ListedUids() == expected; }));
}

TEST_CASE("a skipped pod that is recreated is logged anew, and not as restored") {
  Churn churn;
  const std::string told = "W skipped pod shop/a for service shop/web port 80: no_host_port";
  churn.world.Create("pods", "shop", PodJson({.name = "a"}));
  CHECK(churn.world.RunUntil([&] { return churn.world.log().Count(told) == 1; }));
  churn.world.Delete("pods", "shop", "a");
  churn.world.Create("pods", "shop", PodJson({.name = "a"}));
  CHECK(churn.world.RunUntil([&] { return churn.world.log().Count(told) == 2; }));
  churn.world.Delete("pods", "shop", "a");
  churn.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(churn.Becomes("10.0.0.1:31080"));
  CHECK(churn.world.log().Count("restored pod") == 0);
}

// The API server deletes the Endpoints of a service along with it, after it. They may have been deleted
// before, or be back, as after a write that was under way.
enum class Along { kBack, kBefore, kAfter };

void DeleteService(World& world, Along endpoints) {
  const auto json = world.server().Get("endpoints", "shop", "web");
  if (json && endpoints == Along::kBefore) world.Delete("endpoints", "shop", "web");
  world.Delete("services", "shop", "web");
  if (json && endpoints == Along::kBack) world.Create("endpoints", "shop", *json);
}

TEST_CASE("a service recreated under its name keeps or gets its Endpoints") {
  for (const Along along : {Along::kBack, Along::kBefore, Along::kAfter}) {
    for (const int turns : {0, 1, 2, 3, 5, 8, 13, 21, 34, 55}) {
      CAPTURE(static_cast<int>(along), turns);
      Churn churn;
      churn.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
      churn.world.Create("pods", "shop", PodJson({.name = "b", .app = "other", .host_port = 31081}));
      REQUIRE(churn.Becomes("10.0.0.1:31080"));
      DeleteService(churn.world, along);
      churn.world.Turn(turns);
      // The service now selects another pod.
      churn.world.Create("services", "shop",
                         Replaced(ServiceJson("web"), R"("app":"web")", R"("app":"other")"));
      churn.CatchUp();
      CHECK(churn.Becomes("10.0.0.1:31081"));
      CHECK(churn.Complaints() == 0);
    }
  }
}

TEST_CASE("Endpoints of a deleted service do not come back, whichever deletion is seen first") {
  for (const Along along : {Along::kBack, Along::kBefore, Along::kAfter}) {
    for (const int turns : {0, 1, 2, 3, 5, 8, 13, 21, 34}) {
      CAPTURE(static_cast<int>(along), turns);
      Churn churn;
      churn.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
      churn.world.Turn(turns);
      DeleteService(churn.world, along);
      churn.CatchUp();
      CHECK(churn.Becomes("none"));
      churn.CatchUp();
      CHECK(churn.world.Places("shop", "web") == "none");
      CHECK(churn.Complaints() == 0);
    }
  }
}

TEST_CASE("the trigger time of a service recreated with its Endpoints is its new creation time") {
  Churn churn;
  DeleteService(churn.world, Along::kAfter);
  churn.world.Create("services", "shop",
                     Replaced(ServiceJson("web"), R"("name":"web")",
                              R"("name":"web","creationTimestamp":"2036-01-02T03:04:05Z")"));
  CHECK(churn.world.RunUntil([&] {
    const auto endpoints = churn.world.EndpointsOf("shop", "web");
    const kube::Symbol* time = endpoints ? endpoints->meta.annotations.Find(kTriggerTime) : nullptr;
    return time != nullptr && *time == "2036-01-02T03:04:05Z";
  }));
}

// ---- All of these at once

// What the cluster holds, and what must be published for it.
class Model {
 public:
  Model(Churn& churn, std::mt19937& random) : churn_(churn), random_(random) {}

  void Step() {
    const std::string name = "pod-" + std::to_string(random_() % 4);
    switch (random_() % 8) {
      case 0:
      case 1:
      case 2:
        return Flap(name);
      case 3:
        return Recreate(name);
      case 4:
        return Remove(name);
      case 5:
        return Meddle();
      case 6:
        return ToggleService();
      default:
        return churn_.world.Turn(static_cast<int>(random_() % 30));
    }
  }

  std::string ExpectedPlaces() const {
    if (!has_service_) return "none";
    std::set<std::string> places;
    for (const auto& [name, pod] : pods_) {
      places.insert((pod.ready ? "" : "-") + pod.host_ip + ":" + std::to_string(pod.host_port));
    }
    std::string text;
    for (const std::string& place : places) text += (text.empty() ? "" : " ") + place;
    return text;
  }

  std::set<std::string> ExpectedUids() const {
    std::set<std::string> uids;
    if (!has_service_) return uids;
    for (const auto& [name, pod] : pods_) uids.insert(churn_.UidOf(name));
    return uids;
  }

 private:
  void Flap(const std::string& name) {
    const auto pod = pods_.find(name);
    if (pod == pods_.end()) return Recreate(name);
    pod->second.ready = !pod->second.ready;
    churn_.world.Update("pods", "shop", PodJson(pod->second));
  }

  void Remove(const std::string& name) {
    if (pods_.erase(name) > 0) churn_.world.Delete("pods", "shop", name);
  }

  void Recreate(const std::string& name) {
    Remove(name);
    churn_.world.Turn(static_cast<int>(random_() % 6));
    // Each pod has ports of its own, as conflicts are not tested here.
    PodSpec pod{.name = name,
                .host_port = 31000 + 10 * (name.back() - '0') + static_cast<int>(random_() % 3)};
    pod.ready = random_() % 2 == 0;
    churn_.world.Create("pods", "shop", PodJson(pod));
    pods_.insert_or_assign(name, pod);
  }

  // Only a few times, as the controller slows down if its objects keep being rewritten.
  void Meddle() {
    if (meddled_ == 4 || !churn_.world.server().Get("endpoints", "shop", "web") || !has_service_) return;
    ++meddled_;
    if (random_() % 2 == 0) return churn_.world.Delete("endpoints", "shop", "web");
    churn_.world.Update("endpoints", "shop",
                        R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web"},"subsets":[]})");
  }

  void ToggleService() {
    if (!has_service_) {
      churn_.world.Create("services", "shop", ServiceJson("web"));
    } else {
      if (meddled_ == 4) return;
      ++meddled_;
      DeleteService(churn_.world, static_cast<Along>(random_() % 3));
    }
    has_service_ = !has_service_;
  }

  Churn& churn_;
  std::mt19937& random_;
  std::map<std::string, PodSpec> pods_;
  bool has_service_ = true;
  int meddled_ = 0;
};

TEST_CASE(
    "after random changes in any order, what is published matches the cluster, and no more is written") {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Churn churn;
    Model model(churn, random);
    for (int step = 0; step < 60; ++step) model.Step();
    churn.CatchUp();
    CAPTURE(model.ExpectedPlaces());
    REQUIRE(churn.Becomes(model.ExpectedPlaces()));
    REQUIRE(churn.world.RunUntil([&] { return churn.ListedUids() == model.ExpectedUids(); }));
    REQUIRE(churn.world.RunUntil(
        [&] { return churn.world.SlicePlaces("shop", "web") == model.ExpectedPlaces(); }));
    // An empty slice may still be deleted.
    REQUIRE(churn.world.Settle());
    const auto writes = [&] { return churn.Writes("shop") + churn.Writes("shop", "endpointslices"); };
    const std::size_t until_now = writes();
    churn.CatchUp();
    REQUIRE(writes() == until_now);
    REQUIRE(churn.Complaints() == 0);
  }
}

// ---- Namespaces that are deleted

std::string Held(const std::string& json) {
  return Replaced(json, R"("metadata":{)", R"("metadata":{"finalizers":["example.com/hold"],)");
}

// A terminating namespace: finalizers hold its service and a pod, everything else in it is gone.
void MakeGoing(World& world) {
  world.Create("services", "going", Held(ServiceJson("web")));
  world.Create("pods", "going", PodJson({.name = "a", .host_port = 31080}));
  world.Create("pods", "going", Held(PodJson({.name = "b", .host_port = 31081})));
  world.Delete("namespaces", "", "going");
  REQUIRE(world.server().Get("services", "going", "web").has_value());
  REQUIRE_FALSE(world.server().Get("pods", "going", "a").has_value());
}

TEST_CASE("in a terminating namespace, one create is tried and given up without a log line") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  MakeGoing(world);
  // A single run ends when there is nothing left to retry.
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(world.server().requests().Count("create", "endpoints") == 1);
  CHECK(std::ranges::count(world.server().requests().records(), 403, &apiserver::RequestRecord::status) >= 1);
  CHECK(world.Places("going", "web") == "none");
  for (const std::string& line : world.log().lines()) {
    CAPTURE(line);
    CHECK(line.starts_with("I "));
    CHECK(line.find("going") == std::string::npos);
  }
}

TEST_CASE("in a terminating namespace, each change causes one create and nothing else does") {
  Churn churn;
  churn.world.Stop();
  MakeGoing(churn.world);
  churn.world.Start(churn.world.Defaults());
  REQUIRE(churn.world.RunUntil([&] { return churn.Writes("going") > 0; }));
  churn.CatchUp();
  CHECK(churn.Writes("going") == 1);

  const PodSpec not_ready{.name = "b", .host_port = 31081, .ready = false};
  churn.world.Update("pods", "going", Held(PodJson(not_ready)));
  churn.CatchUp();
  CHECK(churn.Writes("going") == 2);
  churn.CatchUp();
  CHECK(churn.Writes("going") == 2);
  CHECK(churn.Complaints() == 0);
}

TEST_CASE(
    "a namespace deleted while the controller runs causes no complaints, and its successor is published") {
  Churn churn;
  churn.world.Update("services", "shop", Held(ServiceJson("web")));
  churn.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  REQUIRE(churn.Becomes("10.0.0.1:31080"));
  churn.world.Delete("namespaces", "", "shop");
  churn.CatchUp();
  churn.world.Update("services", "shop", ServiceJson("web"));
  REQUIRE_FALSE(churn.world.server().Get("namespaces", "", "shop").has_value());
  churn.CatchUp();
  CHECK(churn.Complaints() == 0);

  churn.world.Create("services", "shop", ServiceJson("web"));
  churn.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31082}));
  CHECK(churn.Becomes("10.0.0.1:31082"));
}

}  // namespace
}  // namespace k8sm::test
