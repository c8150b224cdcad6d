#include "controller/program/part_options.h"

#include "test/support/catch.h"
#include "test/support/log_capture.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;

// Each has another value than its default and than the others.
Options Unusual() {
  Options options;
  options.mode = endpoints::AddressMode::kPodIp;
  options.annotate_container_ports = true;
  options.max_endpoints_per_slice = 3;
  options.concurrent_endpoint_syncs = 4;
  options.endpoint_updates_batch_period = milliseconds(11);
  options.min_resync_period = milliseconds(12);
  options.kube_api_qps = 13;
  options.kube_api_burst = 14;
  options.disable_compression = false;
  options.attempt_timeout = milliseconds(15);
  options.retry_pause = milliseconds(16);
  options.address = "10.0.0.1";
  options.port = 17;
  options.tls_cert_file = "tls.crt";
  options.tls_private_key_file = "tls.key";
  options.client_ca_file = "ca.crt";
  options.report_tick = milliseconds(18);
  options.missing_node_settle_time = milliseconds(19);
  options.once = options.dry_run = true;
  options.output = ReportFormat::kJson;
  return options;
}

TEST_CASE("each setting of the controller is the option of its name") {
  const ControllerOptions controller = ControllerOptionsFor(Unusual());
  CHECK(controller.reconciler.mode == endpoints::AddressMode::kPodIp);
  CHECK(controller.reconciler.endpoints.annotate_container_ports);
  CHECK(controller.reconciler.max_endpoints_per_slice == 3);
  CHECK(controller.reconciler.missing_node_settle_time == milliseconds(19));
  CHECK(controller.tick == milliseconds(18));
  CHECK(controller.concurrency == 4);
  CHECK(controller.batch_period == milliseconds(11));
  CHECK(controller.min_resync_period == milliseconds(12));
  CHECK(controller.once);
  CHECK(controller.dry_run);
  CHECK(controller.dry_run_format == ReportFormat::kJson);
}

TEST_CASE("each setting of the ops port is the option of its name") {
  const OpsPortOptions port = OpsPortOptionsFor(Unusual());
  CHECK(port.address == "10.0.0.1");
  CHECK(port.port == 17);
  CHECK(port.tls_cert_file == "tls.crt");
  CHECK(port.tls_private_key_file == "tls.key");
  CHECK(port.client_ca_file == "ca.crt");
}

TEST_CASE("each setting of the client is the option of its name, and each request is counted") {
  ProgramMetrics metrics("10.0.0.1:6443");
  const client::ClientOptions client = ClientOptionsFor(Unusual(), metrics, nullptr);
  CHECK(client.qps == 13);
  CHECK(client.burst == 14);
  CHECK_FALSE(client.disable_compression);
  CHECK(client.attempt_timeout == milliseconds(15));
  CHECK(client.retry_pause == milliseconds(16));
  CHECK(client.max_idle_connections == 8);
  CHECK(client.observer == &metrics.requests());
}

TEST_CASE("warnings of the API server are told, ten a minute") {
  const test::LogCapture log;
  ProgramMetrics metrics("10.0.0.1:6443");
  const auto warn = ClientOptionsFor({}, metrics, nullptr).on_warning;
  REQUIRE(warn);
  for (int i = 0; i < 12; ++i) warn("v1 Endpoints is deprecated");
  CHECK(log.lines() == std::vector<std::string>(10, "I the API server warns: v1 Endpoints is deprecated"));
}

TEST_CASE("calls of exec plugins are counted by how they ended") {
  ProgramMetrics metrics("10.0.0.1:6443");
  const auto on_call = ClientOptionsFor({}, metrics, nullptr).on_exec_plugin_call;
  REQUIRE(on_call);
  on_call(3, "plugin_execution_error");
  CHECK(metrics.registry().Text().find(
            "rest_client_exec_plugin_call_total{call_status=\"plugin_execution_error\",code=\"3\"} 1\n") !=
        std::string::npos);
}

TEST_CASE("who does not hold the lease writes nothing, except where nobody is elected") {
  ProgramMetrics metrics("10.0.0.1:6443");
  asio::io_context io;
  const auto elector =
      leader::LeaderElector::Create(io.get_executor(), {.scheme = "http", .host = "127.0.0.1", .port = 1},
                                    {.identity = "us"})
          .value();
  const auto fence = ClientOptionsFor({}, metrics, elector.get()).write_until;
  REQUIRE(fence);
  CHECK_FALSE(fence().has_value());
  CHECK_FALSE(ClientOptionsFor({}, metrics, nullptr).write_until);
}

TEST_CASE("reviews of who may use the ops port are limited apart from syncs, and asked by standbys too") {
  ProgramMetrics metrics("10.0.0.1:6443");
  Options options = Unusual();
  options.kube_api_qps = 0;
  const client::ClientOptions reviews = ReviewClientOptionsFor(options, metrics);
  CHECK(reviews.qps == 20);
  CHECK(reviews.burst == 20);
  CHECK(reviews.max_response_bytes == 64 << 10);
  CHECK(reviews.request_timeout < std::chrono::seconds(10));
  CHECK_FALSE(reviews.write_until);
}

TEST_CASE(
    "the ops port is guarded wherever others than this host can reach it, unless a flag says otherwise") {
  struct Case {
    std::function<void(Options&)> change;
    bool serves;
    bool guards;
  };
  const std::vector<Case> cases = {
      {[](Options&) {}, true, false},
      {[](Options& o) { o.address = "::1"; }, true, false},
      {[](Options& o) { o.address = "0.0.0.0"; }, true, true},
      {[](Options& o) { o.address = "::"; }, true, true},
      {[](Options& o) { o.address = "10.0.0.1"; }, true, true},
      {[](Options& o) { o = {.address = "0.0.0.0", .dry_run = true}; }, true, true},
      {[](Options& o) { o = {.address = "0.0.0.0", .always_allow = true}; }, true, false},
      {[](Options& o) { o = {.address = "0.0.0.0", .port = 0}; }, false, false},
      {[](Options& o) { o = {.address = "0.0.0.0", .once = true}; }, false, false},
  };
  for (const Case& c : cases) {
    Options options;
    c.change(options);
    CAPTURE(options.address, options.port, options.once, options.always_allow);
    CHECK(ServesOps(options) == c.serves);
    CHECK(GuardsOps(options) == c.guards);
  }
}

}  // namespace
}  // namespace k8sm::controller
