#include "controller/report/event_stream.h"

#include "lib/client/request_observer.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/support/task_failure.h"
#include "test/unit/client/script_server.h"
#include "test/unit/events/events.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

TEST_CASE("at its end an EventStream gives up events that cannot be written, and drops later ones") {
  const test::LogCapture log;
  asio::io_context io;
  const auto stream =
      EventStream::Create(io.get_executor(), {.scheme = "http", .host = "127.0.0.1", .port = 1}, {},
                          test::ThrowTaskFailure)
          .value();
  stream->Start();
  for (const char* pod : {"a", "b"}) stream->Sink()(events::EventOf(pod, "no host port"));
  bool ended = false;
  asio::co_spawn(io, stream->End(), [&ended](std::exception_ptr) { ended = true; });
  while (!ended) io.run_one();
  CHECK(stream->stats().given_up == 2);
  stream->Sink()(events::EventOf("c", "no host port"));
  CHECK(stream->stats().dropped == 1);
}

TEST_CASE("an EventStream with an invalid CA certificate cannot be created") {
  asio::io_context io;
  const auto stream = EventStream::Create(
      io.get_executor(), {.scheme = "https", .host = "127.0.0.1", .port = 1, .ca_pem = "no PEM"}, {},
      test::ThrowTaskFailure);
  REQUIRE(stream.has_error());
  CHECK(stream.error().code == Errc::kInvalidConfig);
}

// Counts what passes the client's rate limit.
class Gate final : public client::RequestObserver {
 public:
  void OnAdmitted(client::Method, Duration waited) override {
    ++admitted;
    held_back = held_back || waited.count() > 0;
  }
  void OnAttempt(client::Method, int, bool) override {}
  void OnEnd(client::Method, Duration) override {}
  void OnRequestSize(client::Method, std::size_t) override {}
  void OnResponseSize(client::Method, std::size_t) override {}

  std::size_t admitted = 0;
  bool held_back = false;
};

TEST_CASE("events are limited to a small part of the client's request rate") {
  struct Case {
    double qps;  // of the program
    int burst;
    double events_per_second;
    std::size_t events_at_once;
  };
  const auto [qps, burst, events_per_second, events_at_once] =
      GENERATE(Case{0, 1'000, 10, 100}, Case{1'000, 1'000, 10, 100}, Case{5, 20, 5, 20});
  CAPTURE(qps, burst);
  constexpr std::size_t kMany = 400;
  const test::LogCapture log;
  asio::io_context io;
  const std::vector<client::Turn> turns(kMany, {client::AnswerWith("201 Created", "", "{}")});
  client::ScriptServer server(io, {turns});
  Gate gate;
  client::ClientOptions options{.qps = qps, .burst = burst};
  options.observer = &gate;
  const auto stream =
      EventStream::Create(io.get_executor(), server.config(), options, test::ThrowTaskFailure).value();
  for (std::size_t i = 0; i < kMany; ++i) stream->Sink()(events::EventOf(std::to_string(i), "no host port"));
  const auto start = std::chrono::steady_clock::now();
  stream->Start();
  while (!gate.held_back && stream->stats().written < kMany) io.run_one();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  CHECK(gate.admitted > events_at_once);
  CHECK(static_cast<double>(gate.admitted) <=
        static_cast<double>(events_at_once) + 1 + events_per_second * took.count());
  bool ended = false;
  asio::co_spawn(io, stream->End(), [&ended](std::exception_ptr) { ended = true; });
  while (!ended) io.run_one();
}

}  // namespace
}  // namespace k8sm::controller
