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

// Each option has a value that differs from its default and from the other options.
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

TEST_CASE("each controller option comes from the option of its name") {
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

TEST_CASE("each option of the ops port comes from the option of its name") {
  const OpsPortOptions port = OpsPortOptionsFor(Unusual());
  CHECK(port.address == "10.0.0.1");
  CHECK(port.port == 17);
  CHECK(port.tls_cert_file == "tls.crt");
  CHECK(port.tls_private_key_file == "tls.key");
  CHECK(port.client_ca_file == "ca.crt");
}

TEST_CASE("each client option comes from the option of its name, and requests are counted") {
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

TEST_CASE("warnings from the API server are logged, at most ten a minute") {
  const test::LogCapture log;
  ProgramMetrics metrics("10.0.0.1:6443");
  const auto warn = ClientOptionsFor({}, metrics, nullptr).on_warning;
  REQUIRE(warn);
  for (int i = 0; i < 12; ++i) warn("v1 Endpoints is deprecated");
  CHECK(log.lines() == std::vector<std::string>(10, "I the API server warns: v1 Endpoints is deprecated"));
}

TEST_CASE("calls of exec plugins are counted by status and exit code") {
  for (const bool election : {false, true}) {
    CAPTURE(election);
    ProgramMetrics metrics("10.0.0.1:6443");
    const auto on_call = election ? ElectionClientOptionsFor(metrics).on_exec_plugin_call
                                  : ClientOptionsFor({}, metrics, nullptr).on_exec_plugin_call;
    REQUIRE(on_call);
    on_call(3, "plugin_execution_error");
    CHECK(metrics.registry().Text().find(
              "rest_client_exec_plugin_call_total{call_status=\"plugin_execution_error\",code=\"3\"} 1\n") !=
          std::string::npos);
  }
}

TEST_CASE("requests for the lease are counted like all others, and are not subject to the lease") {
  ProgramMetrics metrics("10.0.0.1:6443");
  const client::ClientOptions client = ElectionClientOptionsFor(metrics);
  CHECK(client.observer == &metrics.requests());
  CHECK_FALSE(client.write_until);
}

TEST_CASE("every process that writes takes part in the election, unless -leader_elect is off") {
  CHECK(Elects({}));
  CHECK_FALSE(Elects({.leader_elect = false}));
  CHECK_FALSE(Elects({.dry_run = true}));
  CHECK(Elects({.once = true}));
}

TEST_CASE(
    "the lock is annotated with the leader's mode, and each process has its own identity unless one is set") {
  Options options;
  options.election.lease_name = "lock";
  options.election.lease_namespace = "shop";
  options.election.lease_duration = milliseconds(30'000);
  options.election.renew_deadline = milliseconds(20'000);
  options.election.retry_period = milliseconds(5'000);
  const leader::ElectionOptions election = ElectionOptionsFor(options);
  CHECK(election.lease_name == "lock");
  CHECK(election.lease_namespace == "shop");
  CHECK(election.lease_duration == milliseconds(30'000));
  CHECK(election.renew_deadline == milliseconds(20'000));
  CHECK(election.retry_period == milliseconds(5'000));
  CHECK(election.annotation_key == "k8s.mesosphere.io/endpoint-mode");
  CHECK(election.annotation_value == "host_port");
  CHECK_FALSE(election.identity.empty());
  CHECK(ElectionOptionsFor(options).identity != election.identity);
  options.mode = endpoints::AddressMode::kPodIp;
  options.election.identity = "us";
  CHECK(ElectionOptionsFor(options).annotation_value == "pod_ip");
  CHECK(ElectionOptionsFor(options).identity == "us");
}

TEST_CASE(
    "EndpointSlices are written if the server has them, and -endpoint_slices=on requires that it does") {
  struct Case {
    EndpointSlices choice;
    bool served;
    bool writes;
    bool fits = true;
  };
  const std::vector<Case> cases = {
      {EndpointSlices::kAuto, false, false},      {EndpointSlices::kAuto, true, true},
      {EndpointSlices::kOn, false, false, false}, {EndpointSlices::kOn, true, true},
      {EndpointSlices::kOff, false, false},       {EndpointSlices::kOff, true, false}};
  for (const Case& c : cases) {
    CAPTURE(static_cast<int>(c.choice), c.served);
    const Options options{.endpoint_slices = c.choice};
    const client::ServerCapabilities server{.slices = c.served};
    CHECK(WritesSlices(options, server) == c.writes);
    const auto fits = CheckServer(options, server);
    CHECK(fits.has_value() == c.fits);
    if (fits) continue;
    CHECK(fits.error().code == Errc::kInvalidConfig);
    CHECK(fits.error().message ==
          "-endpoint_slices is on, and the API server does not serve discovery.k8s.io/v1");
  }
}

TEST_CASE("the lock is a Lease if the server has Leases, unless -leader_elect_resource_lock chooses") {
  for (const bool leases : {false, true}) {
    const auto kind_of = [leases](ResourceLock lock) {
      return LockKindFor({.resource_lock = lock}, {.leases = leases});
    };
    CHECK(kind_of(ResourceLock::kAuto) ==
          (leases ? leader::LockKind::kLeases : leader::LockKind::kEndpoints));
    CHECK(kind_of(ResourceLock::kLeases) == leader::LockKind::kLeases);
    CHECK(kind_of(ResourceLock::kEndpoints) == leader::LockKind::kEndpoints);
  }
}

TEST_CASE(
    "the informers use streaming lists, protobuf and metadata only as far as the server supports them") {
  for (const auto wanted : {client::Encoding::kJson, client::Encoding::kProtobuf}) {
    const Options options{.kube_api_content_type = wanted};
    for (int i = 0; i < 8; ++i) {
      CAPTURE(i);
      const client::ServerCapabilities server{
          .streaming_lists = (i & 1) != 0, .protobuf = (i & 2) != 0, .metadata_only = (i & 4) != 0};
      const informer::ReadOptions reading = ReadOptionsFor(options, server);
      CHECK(reading.streams_lists == server.streaming_lists);
      CHECK(reading.metadata_only == server.metadata_only);
      CHECK(reading.encoding == (server.protobuf ? wanted : client::Encoding::kJson));
    }
  }
}

TEST_CASE("nothing is written without holding the lease, unless no leader is elected") {
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

TEST_CASE("access reviews have a rate limit of their own, and are not limited to the leader") {
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
    "the ops port requires authorization on any address but loopback, unless "
    "-authorization_mode=AlwaysAllow") {
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

TEST_CASE("the start warns of an ops port open to everyone, and of -client_ca_file on a loopback address") {
  using Lines = std::vector<std::string>;
  const Lines open = {
      "-authorization_mode=AlwaysAllow: everyone who can reach 10.0.0.1 may read the names and addresses of "
      "all services and pods, and set the log's verbosity"};
  const Lines without_effect = {
      "-client_ca_file has no effect on a loopback address: clients are not authenticated there"};
  CHECK(OpsWarningsFor({}).empty());
  CHECK(OpsWarningsFor({.address = "10.0.0.1"}).empty());
  CHECK(OpsWarningsFor({.address = "10.0.0.1", .client_ca_file = "ca.crt"}).empty());
  CHECK(OpsWarningsFor({.address = "10.0.0.1", .always_allow = true}) == open);
  CHECK(OpsWarningsFor({.always_allow = true}).empty());
  for (const char* loopback : {"127.0.0.1", "::1"}) {
    CAPTURE(loopback);
    CHECK(OpsWarningsFor({.address = loopback, .client_ca_file = "ca.crt"}) == without_effect);
    CHECK(OpsWarningsFor({.address = loopback, .port = 0, .client_ca_file = "ca.crt"}).empty());
  }
}

}  // namespace
}  // namespace k8sm::controller
