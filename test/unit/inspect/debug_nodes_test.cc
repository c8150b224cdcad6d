// What the pages under /debug say of nodes that decide, or do not, and are current, or outdated.

#include "controller/inspect/debug_service.h"
#include "controller/inspect/page_head.h"
#include "lib/async/task_group.h"
#include "lib/client/api_client.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/client/run.h"
#include "test/unit/cluster/list_server.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::controller {
namespace {

using test::MakePod;
using test::MakeService;

const kube::ObjectKey kWeb{kube::Symbol("default"), kube::Symbol("web")};
const std::string kForbidden = "forbidden: grant list, watch on nodes";

// A service of one pod, whose node does not exist.
struct Fixture {
  Fixture() {
    kube::Service service = MakeService("web").Port({.name = "http"});
    service.meta.resource_version = "1";
    cache.services().Apply(std::move(service));
    kube::Pod pod = MakePod("a").Ready().Port({.host_port = 31'080});
    pod.meta.resource_version = "2";
    cache.pods().Apply(std::move(pod));
  }
  ~Fixture() {
    tasks.Cancel();
    server.Cancel();
    while (!(tasks.empty() && server.ended()) && io.run_one_for(std::chrono::seconds(5)) > 0) {
    }
    CHECK(tasks.empty());
  }
  // Tries again at once.
  static informer::ReflectorTiming Hurried() {
    informer::ReflectorTiming timing;
    timing.link_backoff = timing.server_backoff = {.initial = std::chrono::milliseconds(1),
                                                   .max = std::chrono::milliseconds(1)};
    return timing;
  }
  // Whether it is known how nodes are: refused, or current.
  bool KnowsNodes(bool outdated) const {
    const auto trouble = cache.NodesTrouble(std::chrono::steady_clock::now());
    return outdated ? trouble == kForbidden : !trouble;
  }
  void RunUntil(const std::function<bool()>& reached) { client::RunUntil(io, reached); }
  ServiceReport Report() const {
    return ReportOn(
               kWeb, cache, endpoints::AddressMode::kHostPort,
               [this](const kube::ObjectKey& service) { return cache.endpoints().Find(service); },
               [](const kube::ObjectKey&) { return endpoints::EndpointsLimits(); })
        .value();
  }
  std::string Page(bool json) const {
    const auto source = json ? ReportJson(Report(), cache) : ReportText(Report(), cache);
    std::string text;
    while (source->Next(text)) {
    }
    return text;
  }

  asio::io_context io;
  ListServer server{io};
  std::unique_ptr<client::ApiClient> client =
      client::ApiClient::Create(io.get_executor(),
                                {.scheme = "http", .host = "127.0.0.1", .port = server.port()}, {})
          .value();
  ClusterCache cache{io.get_executor(), *client, "", Hurried()};
  TaskGroup tasks{io.get_executor(),
                  [](std::string_view, std::string_view what) { FAIL(std::string(what)); }};
};

TEST_CASE("nodes that decide about slices are used as they were known last, which the pages say") {
  Fixture f;
  const bool outdated = GENERATE(false, true);
  CAPTURE(outdated);
  if (outdated) f.server.refused_watches = {"nodes"};
  f.cache.StartSlices(f.tasks, {});
  f.RunUntil([&] { return f.cache.slices_synced() && f.KnowsNodes(outdated); });
  const PageHead head = HeadOf(f.cache, std::nullopt, "");
  CHECK(head.note == (outdated ? "nodes are outdated, so a node that is said not to exist may exist: " +
                                     kForbidden + "\n\n"
                               : ""));
  const std::string member = "\"nodesTrouble\":" + (outdated ? "\"" + kForbidden + "\"" : "null") + ",";
  CHECK(head.members == "\"leading\":true," + member);
  const std::string text = f.Page(false);
  CAPTURE(text);
  CHECK((text.find("\n  nodes are outdated, and used as they were known last: " + kForbidden + "\n") !=
         std::string::npos) == outdated);
  CHECK((text.find("\n  nodes are ") != std::string::npos) == outdated);
  CHECK(text.find("\n  a    http  skipped  10.0.0.11:31080; node_not_found: ") != std::string::npos);
  const std::string json = f.Page(true);
  CHECK(json.find("," + member) != std::string::npos);
  CHECK(json.find("\"doubt\"") == std::string::npos);
}

TEST_CASE("nodes that decide about nothing make pods doubtful while they can be relied on") {
  Fixture f;
  const bool outdated = GENERATE(false, true);
  CAPTURE(outdated);
  if (outdated) f.server.refused_watches = {"nodes"};
  f.cache.StartNodes(f.tasks, {});
  f.RunUntil([&] { return f.cache.nodes_synced() && f.KnowsNodes(outdated); });
  const PageHead head = HeadOf(f.cache, std::nullopt, "");
  CHECK(head.note.empty());
  CHECK(head.members == "\"leading\":true,\"nodesTrouble\":null,");
  const std::string text = f.Page(false);
  CAPTURE(text);
  CHECK((text.find("\n  nodes are not known, so a pod whose node does not exist is not found: " + kForbidden +
                   "\n") != std::string::npos) == outdated);
  CHECK(text.ends_with(std::string("\n  a    http  ready  10.0.0.11:31080") +
                       (outdated ? "\n" : "; node node-1 does not exist\n")));
  const std::string json = f.Page(true);
  CHECK((json.find("\"nodesTrouble\":\"" + kForbidden + "\",") != std::string::npos) == outdated);
  CHECK((json.find("\"doubt\":\"node node-1 does not exist\"") != std::string::npos) == !outdated);
}

}  // namespace
}  // namespace k8sm::controller
