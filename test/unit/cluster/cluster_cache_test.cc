#include "controller/cluster/cluster_cache.h"

#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/unit/client/run.h"
#include "test/unit/cluster/list_server.h"
#include "test/unit/cluster/offline_cluster.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::EndpointSlice;
using kube::Symbol;

struct Fixture {
  explicit Fixture(const std::string& ns = "")
      : client(client::ApiClient::Create(io.get_executor(),
                                         {.scheme = "http", .host = "127.0.0.1", .port = server.port()}, {})
                   .value()),
        cache(io.get_executor(), *client, ns, Hurried()) {}
  ~Fixture() {
    tasks.Cancel();
    server.Cancel();
    while (!(tasks.empty() && server.ended()) && io.run_one_for(std::chrono::seconds(5)) > 0) {
    }
    CHECK(tasks.empty());
  }
  // Timing that retries at once.
  static informer::ReflectorTiming Hurried() {
    informer::ReflectorTiming timing;
    timing.link_backoff = timing.server_backoff = {.initial = std::chrono::milliseconds(1),
                                                   .max = std::chrono::milliseconds(1)};
    return timing;
  }
  void RunUntil(const std::function<bool()>& reached) { client::RunUntil(io, reached); }

  asio::io_context io;
  ListServer server{io};
  std::unique_ptr<client::ApiClient> client;
  ClusterCache cache;
  TaskGroup tasks{io.get_executor(),
                  [](std::string_view, std::string_view what) { FAIL(std::string(what)); }};
};

TEST_CASE("the caches that Endpoints need sync without those that slices need") {
  Fixture f;
  f.server.refused = {"nodes"};
  CHECK(ToString(f.cache.Waiting()) == "services, pods, endpoints");
  CHECK(ToString(f.cache.WaitingForSlices()) == "endpointslices, nodes");
  bool core = false;
  bool slices = false;
  const auto wait = [](ClusterCache& cache, bool& done) -> Awaitable<void> {
    co_await cache.WaitForSync();
    done = true;
  };
  const auto wait_for_slices = [](ClusterCache& cache, bool& done) -> Awaitable<void> {
    co_await cache.WaitForSlices();
    done = true;
  };
  f.tasks.Spawn("wait", wait(f.cache, core));
  f.tasks.Spawn("wait for slices", wait_for_slices(f.cache, slices));
  f.cache.Start(f.tasks, {});
  f.cache.StartSlices(f.tasks, {});
  f.RunUntil([&] {
    return core && ToString(f.cache.WaitingForSlices()).find("(forbidden") != std::string::npos &&
           f.cache.WaitingForSlices().size() == 1;
  });
  CHECK(f.cache.synced());
  CHECK(f.cache.Waiting().empty());
  CHECK_FALSE(slices);
  CHECK_FALSE(f.cache.slices_synced());
  CHECK(ToString(f.cache.WaitingForSlices()) == "nodes (forbidden: grant list, watch on nodes)");
  f.server.refused.clear();
  f.RunUntil([&] { return slices; });
  CHECK(f.cache.slices_synced());
  CHECK(ToString(f.cache.WaitingForSlices()).empty());
  CHECK(f.server.streams == 0);
}

TEST_CASE("the caches that slices need neither run nor count before StartSlices") {
  Fixture f;
  f.cache.Start(f.tasks, {});
  f.RunUntil([&] { return f.cache.synced() && f.server.watches == 3; });
  CHECK_FALSE(f.cache.slices_synced());
  CHECK(f.cache.States().size() == 3);
  CHECK(f.cache.ResourceVersion("pods") == "10");
  CHECK_FALSE(f.cache.ResourceVersion("nodes").has_value());
  f.cache.StartSlices(f.tasks, {});
  f.RunUntil([&] { return f.cache.slices_synced(); });
  CHECK(f.cache.States().size() == 5);
  CHECK(f.cache.ResourceVersion("nodes") == "10");
}

TEST_CASE("a missing permission is reported with its namespace and its API group") {
  Fixture f("shop");
  f.server.refused = {"pods", "endpointslices"};
  f.cache.Start(f.tasks, {});
  f.cache.StartSlices(f.tasks, {});
  const std::string of_pods = "pods (forbidden: grant list, watch on pods in namespace shop)";
  const std::string of_slices =
      "endpointslices (forbidden: grant list, watch on endpointslices.discovery.k8s.io in namespace shop)";
  f.RunUntil([&] {
    return ToString(f.cache.Waiting()) == of_pods && ToString(f.cache.WaitingForSlices()) == of_slices;
  });
}

TEST_CASE("a missing permission on nodes is reported without a namespace") {
  Fixture f("shop");
  f.server.refused = {"nodes"};
  f.cache.StartSlices(f.tasks, {});
  f.RunUntil([&] {
    return ToString(f.cache.WaitingForSlices()) == "nodes (forbidden: grant list, watch on nodes)";
  });
}

TEST_CASE("pods with the same labels share the memory of their labels") {
  Fixture f;
  const auto pod = [](const std::string& name) {
    return R"({"metadata":{"name":")" + name + R"(","namespace":"shop","uid":"uid-)" + name +
           R"(","resourceVersion":"9","labels":{"app":"web"}},"spec":{},"status":{}})";
  };
  f.server.items["pods"] = pod("a") + "," + pod("b");
  f.cache.Start(f.tasks, {});
  f.RunUntil([&] { return f.cache.synced(); });
  const kube::Pod* a = f.cache.pods().Find(ShopKey("a"));
  const kube::Pod* b = f.cache.pods().Find(ShopKey("b"));
  REQUIRE((a != nullptr && b != nullptr));
  CHECK(a->meta.labels.SharesWith(b->meta.labels));
}

TEST_CASE("lists are streamed if the server supports it") {
  Fixture f;
  f.cache.Start(f.tasks, {.streams_lists = true});
  f.RunUntil([&] { return f.cache.synced(); });
  CHECK(f.server.streams == 3);
}

// Makes the cache of pods find the server at an older version while the watches of the others are open.
void GoBack(Fixture& f) {
  f.server.expired = {{"pods", 5}};
  CHECK(f.cache.WritePause(std::chrono::steady_clock::now()).count() == 0);
  f.cache.Start(f.tasks, {});
  f.RunUntil(
      [&] { return f.cache.synced() && f.cache.ResourceVersion("pods") == "5" && f.server.watches == 4; });
}

TEST_CASE("after one cache has seen the server go back, writes pause until the others have asked it") {
  Fixture f;
  GoBack(f);
  const auto now = [] { return std::chrono::steady_clock::now(); };
  CHECK(f.server.probes == 0);
  CHECK(f.cache.WritePause(now()) == std::chrono::milliseconds(200));
  f.RunUntil([&] { return f.cache.WritePause(now()).count() == 0; });
  CHECK(f.server.probes == 2);
  CHECK(f.cache.ResourceVersion("services") == "10");
  f.RunUntil([&] { return f.server.watches == 6; });
}

TEST_CASE("writes pause until the caches of slices and nodes have asked the server too") {
  Fixture f;
  f.server.expired = {{"pods", 5}};
  f.cache.Start(f.tasks, {});
  f.cache.StartSlices(f.tasks, {});
  f.RunUntil([&] {
    return f.cache.synced() && f.cache.slices_synced() && f.cache.ResourceVersion("pods") == "5" &&
           f.server.watches == 6;
  });
  f.RunUntil([&] { return f.cache.WritePause(std::chrono::steady_clock::now()).count() == 0; });
  CHECK(f.server.probes == 4);
}

TEST_CASE("all caches that have not asked the server since it went back do so at once") {
  Fixture f;
  GoBack(f);
  CHECK(f.cache.WritePause(std::chrono::steady_clock::now()).count() > 0);
  f.RunUntil([&] { return f.server.watches == 6; });
  CHECK(f.server.probes == 2);
}

TEST_CASE("the cache of nodes notices that the server went back, unless only reports need it") {
  const bool with_slices = GENERATE(true, false);
  Fixture f;
  f.server.expired = {{"nodes", 5}};
  f.cache.Start(f.tasks, {});
  if (with_slices) {
    f.cache.StartSlices(f.tasks, {});
  } else {
    f.cache.StartNodes(f.tasks, {});
  }
  // The watch of nodes is opened a second time.
  f.RunUntil([&] { return f.server.watches == (with_slices ? 6 : 5); });
  CHECK(f.cache.WentBack().has_value() == with_slices);
}

TEST_CASE("after one cache has seen the server go back, another relists if the server is behind it too") {
  Fixture f;
  GoBack(f);
  f.server.versions["services"] = 4;
  f.RunUntil([&] { return f.cache.WritePause(std::chrono::steady_clock::now()).count() == 0; });
  CHECK(f.cache.ResourceVersion("services") == "4");
}

TEST_CASE("a cache that cannot be confirmed pauses writes for at most two minutes") {
  Fixture f;
  GoBack(f);
  f.server.refused = {"services"};
  const auto now = [] { return std::chrono::steady_clock::now(); };
  CHECK(f.cache.WritePause(now()).count() > 0);
  f.RunUntil([&] { return f.server.watches == 6; });
  CHECK(f.cache.WritePause(now() + std::chrono::minutes(1)).count() > 0);
  const auto went_back = f.cache.WentBack();
  REQUIRE(went_back.has_value());
  CHECK(f.cache.WritePause(*went_back + std::chrono::minutes(2)).count() > 0);
  CHECK(f.cache.WritePause(*went_back + std::chrono::minutes(2) + std::chrono::nanoseconds(1)).count() == 0);
}

TEST_CASE("a cache that was never listed does not pause writes after the server went back") {
  Fixture f;
  f.server.refused = {"nodes"};
  f.cache.StartSlices(f.tasks, {});
  GoBack(f);
  CHECK_FALSE(f.cache.slices_synced());
  f.RunUntil([&] { return f.cache.WritePause(std::chrono::steady_clock::now()).count() == 0; });
  CHECK(std::chrono::steady_clock::now() - f.cache.WentBack().value() < std::chrono::minutes(1));
}

TEST_CASE("a cache that has never been listed is in Waiting() and not in Refused()") {
  Fixture f;
  f.server.refused = {"pods"};
  f.cache.Start(f.tasks, {});
  f.RunUntil([&] { return f.cache.Waiting().size() == 1 && f.cache.Waiting().front().error.has_value(); });
  CHECK_FALSE(f.cache.Waiting().front().last_heard.has_value());
  CHECK(f.cache.Refused().empty());
}

TEST_CASE("a cache that is refused later is in Refused() with the permission that it needs") {
  const bool known = GENERATE(true, false);  // whether the server knows who we are
  Fixture f;
  if (!known) f.server.refusal = "401 Unauthorized";
  GoBack(f);
  CHECK(f.cache.Refused().empty());
  f.server.refused = {"services"};
  f.cache.WritePause(std::chrono::steady_clock::now());
  f.RunUntil([&] { return !f.cache.Refused().empty(); });
  CHECK(ToString(f.cache.Refused())
            .starts_with(known ? "services (forbidden: grant list, watch on services)"
                               : "services (unauthorized"));
  f.server.refused.clear();
  f.RunUntil([&] { return f.cache.Refused().empty(); });
}

TEST_CASE("nodes started alone are current while their watch works, and never in Refused()") {
  Fixture f;
  const auto now = [] { return std::chrono::steady_clock::now(); };
  CHECK_FALSE(f.cache.NodesAreCurrent(now()));
  CHECK(f.cache.NodesTrouble(now()) == "not watched: grant list, watch on nodes, and restart");
  f.server.expired = {{"nodes", 11}};
  f.server.items["nodes"] = R"({"metadata":{"name":"node-1","uid":"u1","resourceVersion":"9"}})";
  f.cache.StartNodes(f.tasks, {});
  CHECK(f.cache.States().size() == 3);
  CHECK(f.cache.NodesTrouble(now()) == "not listed yet");
  f.RunUntil([&] { return f.cache.nodes_synced(); });
  f.server.refused = {"nodes"};
  CHECK(f.cache.States().size() == 4);
  CHECK(f.cache.States().back().resource == "nodes");
  f.RunUntil([&] { return f.server.refusals > 1; });
  CHECK_FALSE(f.cache.NodesAreCurrent(now()));
  CHECK(f.cache.NodesFollowed(now()) == std::nullopt);
  CHECK(f.cache.NodesTrouble(now()) == "forbidden: grant list, watch on nodes");
  CHECK(f.cache.Refused().empty());
  f.server.refused.clear();
  f.RunUntil([&] { return f.cache.NodesAreCurrent(now()); });
  CHECK(f.cache.NodesFollowed(now()).has_value());
  CHECK(f.cache.NodesTrouble(now()) == std::nullopt);
  const auto heard = f.cache.States().back().last_heard;
  REQUIRE(heard.has_value());
  const auto silent = *heard + std::chrono::minutes(1);
  CHECK(f.cache.NodesAreCurrent(silent - std::chrono::nanoseconds(1)));
  CHECK_FALSE(f.cache.NodesAreCurrent(silent));
  CHECK(f.cache.NodesFollowed(silent) == std::nullopt);
  CHECK(f.cache.NodesTrouble(silent) == "nothing has been received for a minute");
}

TEST_CASE(
    "nodes whose watch fails are not current, and in Refused() if it is forbidden and slices need them") {
  const bool with_slices = GENERATE(true, false);
  const bool is_refusal = GENERATE(true, false);
  Fixture f;
  const auto now = [] { return std::chrono::steady_clock::now(); };
  f.server.refused_watches = {"nodes"};
  if (!is_refusal) f.server.refusal = "500 Internal Server Error";
  if (with_slices) {
    f.cache.StartSlices(f.tasks, {});
    CHECK(f.cache.NodesTrouble(now()) == "not listed yet");
  } else {
    f.cache.StartNodes(f.tasks, {});
  }
  f.RunUntil([&] { return f.server.refusals > 1; });
  CHECK(f.cache.nodes_synced());
  CHECK_FALSE(f.cache.NodesAreCurrent(now()));
  CHECK(f.cache.NodesFollowed(now()) == std::nullopt);
  CHECK(f.cache.NodesTrouble(now()).value_or("none").starts_with(
      is_refusal ? "forbidden: grant list, watch on nodes" : "server error"));
  CHECK(ToString(f.cache.Refused()) ==
        (with_slices && is_refusal ? "nodes (forbidden: grant list, watch on nodes)" : ""));
}

TEST_CASE("the labels of nodes are kept only after KeepNodeLabels") {
  const bool keeps = GENERATE(true, false);
  Fixture f;
  f.server.items["nodes"] =
      R"({"metadata":{"name":"node-1","uid":"u1","resourceVersion":"9","labels":{"rack":"7"}}})";
  if (keeps) f.cache.KeepNodeLabels();
  f.cache.StartNodes(f.tasks, {});
  f.RunUntil([&] { return f.cache.nodes_synced(); });
  const kube::Node* node = f.cache.nodes().Find({Symbol(), Symbol("node-1")});
  REQUIRE(node != nullptr);
  CHECK((node->meta.labels.Find("rack") != nullptr) == keeps);
}

TEST_CASE("nodes are not current while they are relisted") {
  Fixture f;
  const auto now = [] { return std::chrono::steady_clock::now(); };
  f.server.expired = {{"nodes", 11}};
  f.server.items["nodes"] = R"({"metadata":{"name":"node-1","uid":"u1","resourceVersion":"9"}})";
  f.cache.StartNodes(f.tasks, {});
  f.RunUntil([&] { return f.cache.nodes_synced(); });
  CHECK(f.cache.NodesAreCurrent(now()));
  f.server.silent = {"nodes"};
  f.RunUntil([&] { return f.cache.NodesTrouble(now()) == "being listed again"; });
  CHECK_FALSE(f.cache.NodesAreCurrent(now()));
  CHECK(f.cache.NodesFollowed(now()) == std::nullopt);
}

TEST_CASE("endpoints and ports of slices of other controllers are not kept") {
  Fixture f;
  const auto slice = [](const std::string& name, const std::string& manager) {
    return R"({"metadata":{"name":")" + name +
           R"(","namespace":"shop","resourceVersion":"1","labels":{"endpointslice.kubernetes.io/managed-by":")" +
           manager +
           R"("}},"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}],"ports":[{"port":80}]})";
  };
  f.server.items["endpointslices"] =
      slice("foreign", "somebody") + "," + slice("ours", "k8sm-controller-manager");
  f.cache.StartSlices(f.tasks, {});
  f.RunUntil([&] { return f.cache.slices_synced(); });
  const EndpointSlice* foreign = f.cache.slices().Find(ShopKey("foreign"));
  const EndpointSlice* ours = f.cache.slices().Find(ShopKey("ours"));
  REQUIRE((foreign != nullptr && ours != nullptr));
  CHECK(foreign->endpoints.empty());
  CHECK(foreign->ports.empty());
  CHECK(ours->endpoints.size() == 1);
  CHECK(ours->ports.size() == 1);
}

TEST_CASE("a failure other than a missing permission is reported as it is") {
  const std::vector<WaitingInformer> waiting = {
      {"pods", Error{.code = Errc::kUnavailable, .message = "connection refused"},
       "grant list, watch on pods"},
      {"nodes", std::nullopt, "grant list, watch on nodes"}};
  CHECK(ToString(waiting) == "pods (unavailable: connection refused), nodes");
}

TEST_CASE("HasUnreadableEndpoints holds for a service whose Endpoints cannot be read") {
  OfflineCluster cluster;
  cluster.cache.endpoints().ApplyUnreadable(Object<kube::Endpoints>("web", 1).meta);
  CHECK(cluster.cache.HasUnreadableEndpoints(ShopKey("web")));
  CHECK_FALSE(cluster.cache.HasUnreadableEndpoints(ShopKey("db")));
}

TEST_CASE("HasUnreadableSlices holds for a service while one of our slices of it cannot be read") {
  OfflineCluster cluster;
  auto& slices = cluster.cache.slices();
  const auto has = [&](const char* service) { return cluster.cache.HasUnreadableSlices(ShopKey(service)); };
  slices.ApplyUnreadable(SliceFor("foreign", "web", 1, "somebody").meta);
  slices.ApplyUnreadable(Object<EndpointSlice>("of-nobody", 2).meta);
  CHECK_FALSE(has("web"));
  slices.ApplyUnreadable(SliceFor("web-1", "web", 3).meta);
  slices.ApplyUnreadable(SliceFor("web-2", "web", 4).meta);
  CHECK(has("web"));
  CHECK_FALSE(has("db"));
  slices.Apply(SliceFor("web-1", "web", 5));
  CHECK(has("web"));
  // Relabelled and still unreadable.
  slices.ApplyUnreadable(SliceFor("web-2", "db", 6).meta);
  CHECK_FALSE(has("web"));
  CHECK(has("db"));
  slices.Remove(ShopKey("web-2"), "7");
  CHECK_FALSE(has("db"));
}

}  // namespace
}  // namespace k8sm::controller
