// The count of what others rewrite, of a controller whose API server says what a test tells it to.

#include "controller/ops/program_metrics.h"
#include "lib/async/task_group.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/support/task_failure.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"
#include "test/unit/ops/metric_lines.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

// An answer to a write of the service's Endpoints.
client::Turn Stored(const std::string& version) {
  return {client::JsonAnswer(R"({"kind":"Endpoints","metadata":{"name":"web","namespace":"default",)"
                             R"("uid":"u1","resourceVersion":")" +
                             version + R"("},"subsets":[{"addresses":[{"ip":"10.0.0.11"}],)" +
                             R"("ports":[{"port":31080}]}]})")};
}

// Endpoints as another writer leaves them.
kube::Endpoints Foreign(const std::string& version) {
  kube::Endpoints endpoints;
  endpoints.meta.ns = kube::Symbol("default");
  endpoints.meta.name = kube::Symbol("web");
  endpoints.meta.uid = kube::Uid("u1");
  endpoints.meta.resource_version = version;
  return endpoints;
}

Awaitable<bool> Drained(EndpointController& controller) {
  co_return co_await controller.Drain(std::chrono::steady_clock::now() + std::chrono::minutes(1));
}

TEST_CASE("what others rewrite is counted, of each kind for itself", "[program_metrics]") {
  const test::LogCapture log;
  asio::io_context io;
  const client::ScriptServer server(io, {{Stored("10"), Stored("30")}});
  const auto client = client::ApiClient::Create(io.get_executor(), server.config(), {}).value();
  ClusterCache cache(io.get_executor(), *client, "");
  ProgramMetrics metrics("10.0.0.1:6443");
  EndpointController controller(
      io.get_executor(), {}, *client, cache, [](kube::Event) {}, test::ThrowTaskFailure);
  metrics.Observe(controller);
  kube::Service service = test::MakeService("web").Port({.target = 8080});
  service.meta.resource_version = "1";
  cache.services().Apply(std::move(service));
  kube::Pod pod = test::MakePod("a").Port({.host_port = 31'080}).Ready();
  pod.meta.resource_version = "2";
  cache.pods().Apply(std::move(pod));
  TaskGroup tasks(io.get_executor(), test::ThrowTaskFailure);
  controller.Start(tasks);
  const auto write = [&](std::size_t number) {
    client::RunUntil(io, [&] { return server.requests().size() == number && controller.Idle(); });
  };
  const auto counted = [&](const std::string& resource) {
    return ValueOf(metrics.registry(), "k8sm_foreign_writes_total{resource=\"" + resource + "\"}");
  };
  write(1);
  CHECK(counted("endpoints") == "0");
  cache.endpoints().Apply(Foreign("20"));
  write(2);
  CHECK(counted("endpoints") == "1");
  CHECK(counted("endpointslices") == "0");
  tasks.Cancel();
  client::RunUntil(io, [&] { return tasks.empty(); });
  CHECK(client::Run(io, Drained(controller)));
}

}  // namespace
}  // namespace k8sm::controller
