#include "lib/events/recorder.h"

#include "lib/async/task_group.h"
#include "test/apiserver/api_server.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/support/task_failure.h"
#include "test/unit/client/script_server.h"
#include "test/unit/events/events.h"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::events {
namespace {

using client::AnswerWith;
using client::JsonAnswer;
using client::ScriptServer;

// A running recorder and the io_context that it runs on.
struct Desk {
  Desk(asio::io_context& context, client::RestConfig config, client::ClientOptions options = {})
      : io(context),
        client(client::ApiClient::Create(io.get_executor(), std::move(config), std::move(options)).value()),
        recorder(io.get_executor(), *client),
        tasks(io.get_executor(), test::ThrowTaskFailure) {
    tasks.Spawn("recorder", recorder.Run());
  }
  ~Desk() {
    tasks.Cancel();
    RunUntil([&] { return tasks.empty(); });
  }

  void RunUntil(const std::function<bool()>& condition) {
    io.restart();
    while (!condition()) io.run_one();
  }
  // Runs until this many events are accounted for.
  void Settle(std::uint64_t events) {
    RunUntil([&] {
      const auto& stats = recorder.stats();
      return stats.written + stats.moot + stats.refused + stats.given_up == events;
    });
  }

  asio::io_context& io;
  test::LogCapture log;
  std::unique_ptr<client::ApiClient> client;
  Recorder recorder;
  TaskGroup tasks;
};

// With the in-memory API server.
struct RealDesk {
  RealDesk() : server(io.get_executor(), {}) {
    REQUIRE(server.Start().has_value());
    // Storing the first object of a namespace creates the namespace.
    const auto service = server.Create("services", "shop", R"({"apiVersion":"v1","kind":"Service",
        "metadata":{"name":"web"},"spec":{"ports":[{"port":80}]}})");
    REQUIRE(service.has_value());
    client::RestConfig config;
    config.scheme = "http";
    config.host = "127.0.0.1";
    config.port = static_cast<std::uint16_t>(std::stoi(server.Url().substr(server.Url().rfind(':') + 1)));
    desk = std::make_unique<Desk>(io, config);
  }
  ~RealDesk() {
    desk.reset();
    server.Stop();
    TaskGroup end(io.get_executor(), test::ThrowTaskFailure);
    end.Spawn("the server's end", server.Join());
    io.restart();
    while (!end.empty()) io.run_one();
  }

  std::vector<std::string> Stored(std::string_view ns = "shop") { return server.List("events", ns).value(); }

  asio::io_context io;
  apiserver::ApiServer server;
  std::unique_ptr<Desk> desk;
};

struct ScriptDesk {
  explicit ScriptDesk(ScriptServer::Script script)
      : server(io, std::move(script)), desk(io, server.config()) {}

  asio::io_context io;
  ScriptServer server;
  Desk desk;
};

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a recorded event is stored with its object and counted when it is recorded again") {
  RealDesk f;
  f.desk->recorder.Record(EventOf("a", "no host port"));
  f.desk->Settle(1);
  REQUIRE(f.Stored().size() == 1);
  const std::string first = f.Stored().front();
  CHECK(Holds(
      first,
      R"("involvedObject":{"kind":"Pod","namespace":"shop","name":"a","uid":"uid-a","apiVersion":"v1"})"));
  CHECK(Holds(first, R"("reason":"HostPortMissing")"));
  CHECK(Holds(first, R"("message":"no host port")"));
  CHECK(Holds(first, R"("source":{"component":"test"})"));
  CHECK(Holds(first, R"("type":"Warning")"));
  CHECK(Holds(first, R"("count":1)"));

  f.desk->recorder.Record(EventOf("a", "no host port"));
  f.desk->Settle(2);
  REQUIRE(f.Stored().size() == 1);
  CHECK(Holds(f.Stored().front(), R"("count":2)"));
  CHECK(f.server.requests().Count("create", "events") == 1);
  CHECK(f.server.requests().Count("patch", "events") == 1);
  CHECK(f.desk->log.lines().empty());
}

TEST_CASE("an event that was deleted on the API server is created again with its count") {
  RealDesk f;
  f.desk->recorder.Record(EventOf("a", "no host port"));
  f.desk->Settle(1);
  const std::string stored = f.Stored().front();
  const std::size_t name = stored.find(R"("name":"a.)") + 8;
  REQUIRE(f.server.Delete("events", "shop", stored.substr(name, stored.find('"', name) - name)).has_value());
  f.desk->recorder.Record(EventOf("a", "no host port"));
  f.desk->Settle(2);
  REQUIRE(f.Stored().size() == 1);
  CHECK(Holds(f.Stored().front(), R"("count":2)"));
  CHECK(f.desk->recorder.stats().written == 2);
  CHECK(f.desk->log.lines().empty());
}

TEST_CASE("events of one object with different messages are combined from the tenth on") {
  RealDesk f;
  for (int i = 0; i < 12; ++i) f.desk->recorder.Record(EventOf("a", "message " + std::to_string(i)));
  f.desk->Settle(12);
  REQUIRE(f.Stored().size() == 10);
  CHECK(Holds(f.Stored().back(), R"("message":"(combined from similar events): message 11")"));
}

TEST_CASE("an event about a cluster-scoped object is stored in namespace default") {
  RealDesk f;
  kube::Event event = EventOf("node-1", "gone");
  event.involved.kind = "Node";
  event.involved.ns = kube::Symbol();
  f.desk->recorder.Record(event);
  f.desk->Settle(1);
  CHECK(f.Stored("default").size() == 1);
}

TEST_CASE("the message of an event is one line of bounded length") {
  RealDesk f;
  f.desk->recorder.Record(EventOf("a", "line 1\nline 2 " + std::string(5'000, 'x')));
  f.desk->Settle(1);
  REQUIRE(f.Stored().size() == 1);
  CHECK(Holds(f.Stored().front(), R"(line 1\\nline 2 xxx)"));
  // With the prefix of combined events it has at most 1024 bytes.
  const std::string stored = f.Stored().front();
  const std::size_t message = stored.find(R"("message":")") + 11;
  const std::string text = stored.substr(message, stored.find('"', message) - message);
  CHECK(text.size() == 1024 - EventCorrelator::kAggregated.size() + 1);  // the backslash is escaped
  CHECK(text.ends_with("x..."));
}

TEST_CASE("an event whose namespace does not exist is moot, and not logged") {
  RealDesk f;
  kube::Event event = EventOf("a", "x");
  event.involved.ns = kube::Symbol("gone");
  f.desk->recorder.Record(event);
  f.desk->Settle(1);
  CHECK(f.desk->recorder.stats().moot == 1);
  CHECK(f.desk->log.lines().empty());
}

TEST_CASE("an event whose namespace is being deleted is moot, and not logged") {
  ScriptDesk f({{{AnswerWith("403 Forbidden", "", R"({"kind":"Status","status":"Failure","reason":"Forbidden",
      "message":"the namespace is being terminated","details":{"causes":[{"reason":"NamespaceTerminating"}]},
      "code":403})")}}});
  f.desk.recorder.Record(EventOf("a", "x"));
  f.desk.Settle(1);
  CHECK(f.desk.recorder.stats().moot == 1);
  CHECK(f.desk.log.lines().empty());
}

TEST_CASE("without permission to write events there is one warning, however many events there are") {
  const std::string forbidden = AnswerWith(
      "403 Forbidden", "",
      R"({"kind":"Status","status":"Failure","message":"events is forbidden","reason":"Forbidden","code":403})");
  ScriptDesk f({std::vector<client::Turn>(20, {forbidden})});
  for (int i = 0; i < 20; ++i) f.desk.recorder.Record(EventOf(std::to_string(i), "x"));
  f.desk.Settle(20);
  CHECK(f.server.requests().size() == 20);
  CHECK(
      f.desk.log.lines() ==
      std::vector<std::string>{"W cannot write events (HostPortMissing of Pod shop/0): forbidden: events is "
                               "forbidden; dropped"});
}

TEST_CASE("an event is retried after each 429 with Retry-After, with a single warning") {
  const std::string busy = AnswerWith("429 Too Many Requests", "Retry-After: 0\r\n", "{}");
  ScriptDesk f({{{busy}, {busy}, {JsonAnswer("{}")}}});
  f.desk.recorder.Record(EventOf("a", "x"));
  f.desk.Settle(1);
  CHECK(f.desk.recorder.stats().written == 1);
  CHECK(f.server.requests().size() == 3);
  CHECK(f.desk.log.Count("W cannot write events") == 1);
  CHECK(f.desk.log.Count("I writing events works again") == 1);
}

TEST_CASE("the warning about an event that is retried names the event and says that it is retried") {
  const std::string busy = AnswerWith("429 Too Many Requests", "Retry-After: 0\r\n", "{}");
  ScriptDesk f({{{busy}, {JsonAnswer("{}")}}});
  f.desk.recorder.Record(EventOf("a", "x"));
  f.desk.Settle(1);
  REQUIRE(f.desk.log.lines().size() == 2);
  CHECK(f.desk.log.lines()[0].starts_with(
      "W cannot write events (HostPortMissing of Pod shop/a): too many requests"));
  CHECK(f.desk.log.lines()[0].ends_with("; trying again"));
  CHECK(f.desk.log.lines()[1] == "I writing events works again");
}

TEST_CASE("an event is posted to its namespace, and its repetition is a merge patch of the stored one") {
  ScriptDesk f({{{JsonAnswer("{}")}, {JsonAnswer("{}")}}});
  for (int i = 0; i < 2; ++i) f.desk.recorder.Record(EventOf("a", "x"));
  f.desk.Settle(2);
  REQUIRE(f.server.requests().size() == 2);
  CHECK(f.server.requests()[0].starts_with("POST /api/v1/namespaces/shop/events HTTP/1.1\r\n"));
  const std::string& patch = f.server.requests()[1];
  CHECK(patch.starts_with("PATCH /api/v1/namespaces/shop/events/a."));
  CHECK(Holds(patch, "Content-Type: application/merge-patch+json\r\n"));
  CHECK(Holds(patch, R"("count":2)"));
}

TEST_CASE("a refusal with the cause NamespaceTerminating that is not a 403 is logged") {
  ScriptDesk f({{{AnswerWith("422 Unprocessable Entity", "", R"({"kind":"Status","status":"Failure",
      "reason":"Invalid","message":"no","details":{"causes":[{"reason":"NamespaceTerminating"}]},"code":422})")}}});
  f.desk.recorder.Record(EventOf("a", "x"));
  f.desk.Settle(1);
  CHECK(f.desk.log.lines() ==
        std::vector<std::string>{"W cannot write events (HostPortMissing of Pod shop/a): "
                                 "rejected: no; dropped"});
}

TEST_CASE("Finish ends a recorder that waits for events") {
  ScriptDesk f({{{JsonAnswer("{}")}}});
  f.desk.recorder.Record(EventOf("a", "x"));
  f.desk.Settle(1);
  f.io.restart();
  f.io.poll();
  CHECK_FALSE(f.desk.tasks.empty());
  f.desk.recorder.Finish();
  f.desk.RunUntil([&] { return f.desk.tasks.empty(); });
}

TEST_CASE("an event that already exists counts as written, and is not logged") {
  ScriptDesk f(
      {{{AnswerWith("409 Conflict", "", R"({"kind":"Status","reason":"AlreadyExists","code":409})")}}});
  f.desk.recorder.Record(EventOf("a", "x"));
  f.desk.Settle(1);
  CHECK(f.desk.recorder.stats().written == 1);
  CHECK(f.desk.log.lines().empty());
}

TEST_CASE("events beyond the limit of the queue are dropped with one warning that names the first") {
  const test::LogCapture log;
  asio::io_context io;
  client::RestConfig nowhere;
  nowhere.scheme = "http";
  nowhere.host = "127.0.0.1";
  nowhere.port = 1;
  const auto client = client::ApiClient::Create(io.get_executor(), nowhere, {}).value();
  Recorder recorder(io.get_executor(), *client);
  for (int i = 0; i < 1'003; ++i) recorder.Record(EventOf("pod-" + std::to_string(i), "x"));
  CHECK(recorder.stats().dropped == 3);
  CHECK(log.lines() == std::vector<std::string>{"W too many events wait to be written: dropped "
                                                "HostPortMissing of Pod shop/pod-1000"});
}

TEST_CASE("an event that gets a 500 is not retried") {
  ScriptDesk f({{{AnswerWith("500 Internal Server Error", "", "{}")}}});
  f.desk.recorder.Record(EventOf("a", "x"));
  f.desk.Settle(1);
  CHECK(f.desk.recorder.stats().refused == 1);
}

TEST_CASE("after Finish events that cannot be written are given up without waiting") {
  client::RestConfig nowhere;
  nowhere.scheme = "http";
  nowhere.host = "127.0.0.1";
  nowhere.port = 1;
  asio::io_context io;
  Desk desk(io, nowhere);
  desk.recorder.Record(EventOf("a", "x"));
  desk.recorder.Record(EventOf("b", "x"));
  desk.RunUntil([&] { return desk.recorder.stats().retried == 1; });
  desk.recorder.Finish();
  desk.RunUntil([&] { return desk.tasks.empty(); });
  CHECK(desk.recorder.stats().given_up == 2);
  CHECK(desk.log.Count("W cannot write events") == 1);
}

TEST_CASE("an event that write_until forbids is neither sent nor logged") {
  asio::io_context io;
  ScriptServer server(io, {});
  Desk desk(io, server.config(), {.write_until = [] { return std::nullopt; }});
  desk.recorder.Record(EventOf("a", "x"));
  desk.Settle(1);
  CHECK(server.connections() == 0);
  CHECK(desk.recorder.stats().moot == 1);
  CHECK(desk.log.lines().empty());
}

TEST_CASE("events recorded after Finish are dropped") {
  ScriptDesk f({{{JsonAnswer("{}")}}});
  f.desk.recorder.Record(EventOf("a", "x"));
  f.desk.recorder.Finish();
  f.desk.recorder.Record(EventOf("b", "x"));
  f.desk.RunUntil([&] { return f.desk.tasks.empty(); });
  CHECK(f.desk.recorder.stats().written == 1);
  CHECK(f.desk.recorder.stats().dropped == 1);
  CHECK(f.server.requests().size() == 1);
  CHECK(f.desk.log.lines().empty());
}

}  // namespace
}  // namespace k8sm::events
