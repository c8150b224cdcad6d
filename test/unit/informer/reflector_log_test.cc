// What a reflector requests from the API server, and what it logs about the answers, word for word.

#include "lib/async/task_group.h"
#include "lib/client/api_client.h"
#include "lib/informer/informer.h"
#include "lib/kube/node.h"
#include "lib/kube/pod.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/support/task_failure.h"
#include "test/unit/client/script_server.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace k8sm::informer {
namespace {

using client::AnswerWith;
using client::JsonAnswer;
using Lines = std::vector<std::string>;

std::string List(int version, const std::string& items = "", const std::string& token = "") {
  return JsonAnswer(R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":")" +
                    std::to_string(version) + R"(","continue":")" + token + R"("},"items":[)" + items + "]}");
}
// A watch that ends after a bookmark.
std::string Watch(int version) {
  return JsonAnswer(R"({"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":")" +
                    std::to_string(version) +
                    R"("}}})"
                    "\n");
}
std::string Refusal(const std::string& status, const std::string& reason, const std::string& message) {
  return AnswerWith(status, "",
                    R"({"kind":"Status","status":"Failure","reason":")" + reason + R"(","message":")" +
                        message + R"(","code":)" + status.substr(0, 3) + "}");
}
const std::string kBroken = Refusal("500 Internal Server Error", "InternalError", "broken");
const std::string kExpired = Refusal("410 Gone", "Expired", "too old");

// Retries almost at once.
ReflectorTiming Hurried() {
  ReflectorTiming timing;
  timing.link_backoff =
      timing.server_backoff = {.initial = std::chrono::milliseconds(1), .max = std::chrono::milliseconds(1)};
  return timing;
}

// An informer, and a server that gives these answers over one connection and leaves later requests
// unanswered.
class Fixture {
 public:
  explicit Fixture(const std::vector<std::string>& answers, bool streams_lists = false)
      : Fixture(answers, ReadOptions{.streams_lists = streams_lists}) {}
  Fixture(const std::vector<std::string>& answers, const ReadOptions& options,
          const ReflectorTiming& timing = Hurried())
      : server_(io_, {Turns(answers)}),
        client_(client::ApiClient::Create(io_.get_executor(), server_.config(), {}).value()),
        pods_(io_.get_executor(), *client_, client::kPods, "shop", {}, timing),
        tasks_(io_.get_executor(), test::ThrowTaskFailure),
        name_("pods of namespace shop from http://127.0.0.1:" + std::to_string(server_.config().port)) {
    tasks_.Spawn("informer", pods_.Run(options));
  }
  ~Fixture() { Cancel(); }

  void Cancel() {
    tasks_.Cancel();
    RunUntil([this] { return tasks_.empty(); });
  }

  void RunUntil(const std::function<bool()>& reached) {
    io_.restart();
    while (!reached()) {
      if (io_.run_one_for(std::chrono::seconds(30)) == 0) FAIL("nothing happens any more");
    }
  }
  // Runs until this many requests have been sent; by then all but the last have been answered.
  void RunUntilAsked(std::size_t requests) {
    RunUntil([&] { return server_.requests().size() >= requests; });
  }
  // The query of each request for pods: "?limit=500…".
  Lines Queries() const {
    Lines queries;
    for (const std::string& request : server_.requests()) {
      const std::string target = request.substr(4, request.find(" HTTP/") - 4);
      const std::string path = "/api/v1/namespaces/shop/pods";
      queries.push_back(target.starts_with(path) ? target.substr(path.size()) : "elsewhere: " + target);
    }
    return queries;
  }

  // The Accept header of each request.
  Lines Accepted() const {
    Lines accepted;
    for (const std::string& request : server_.requests()) {
      const std::size_t begin = request.find("Accept: ") + std::string("Accept: ").size();
      accepted.push_back(request.substr(begin, request.find("\r\n", begin) - begin));
    }
    return accepted;
  }

  // "pods of namespace shop from http://…"
  const std::string& name() const { return name_; }
  const Reflector& reflector() const { return pods_.reflector(); }
  const Lines& log() const { return log_.lines(); }

 private:
  static std::vector<client::Turn> Turns(const std::vector<std::string>& answers) {
    std::vector<client::Turn> turns;
    for (const std::string& answer : answers) turns.push_back({answer});
    return turns;
  }

  const test::LogCapture log_;
  asio::io_context io_;
  client::ScriptServer server_;
  std::unique_ptr<client::ApiClient> client_;
  Informer<kube::Pod> pods_;
  TaskGroup tasks_;
  const std::string name_;
};

TEST_CASE("a reflector logs when a list or a watch fails, and when it works again") {
  Fixture f({kBroken, List(10), kBroken, Watch(11)});
  f.RunUntil([&] { return f.log().size() == 4; });
  CHECK(f.log() == Lines{"W cannot list " + f.name() + ": server error: broken; trying again",
                         "I listing " + f.name() + " works again",
                         "W cannot watch " + f.name() + ": server error: broken; trying again",
                         "I watching " + f.name() + " works again"});
  CHECK_FALSE(f.reflector().last_error().has_value());
}

TEST_CASE("a version that has expired is relisted without a log line") {
  Fixture f({List(10), kExpired, List(20)});
  f.RunUntil([&] { return f.reflector().stats().lists == 2; });
  CHECK(f.log().empty());
  CHECK(f.reflector().resource_version() == "20");
  CHECK_FALSE(f.reflector().went_back().has_value());
}

TEST_CASE("a server that has gone back is logged with both versions") {
  Fixture f({List(10), kExpired, List(5)});
  f.RunUntil([&] { return f.reflector().stats().lists == 2; });
  CHECK(f.log() == Lines{"W the API server has gone back from version 10 to 5 of the " + f.name() +
                         ": it was restored from a backup, or another one has taken its place; relisting"});
}

TEST_CASE("an object that cannot be decoded is logged with the path of the field") {
  Fixture f({List(10, R"({"metadata":{"name":"a","namespace":"shop"},"spec":7})")});
  f.RunUntilAsked(2);
  CHECK(f.log() == Lines{"E skipped one of the " + f.name() +
                         ": Pod shop/a: .spec: expected an object, got an integer"});
  CHECK(f.reflector().stats().malformed == 1);
}

TEST_CASE("a server that rejects streaming lists is logged once, with the reason") {
  Fixture f({Refusal("422 Unprocessable Entity", "Invalid", "sendInitialEvents is forbidden"), List(10),
             kExpired, List(20)},
            true);
  f.RunUntil([&] { return f.reflector().stats().lists == 2; });
  CHECK(f.log() == Lines{"I listing the " + f.name() +
                         " page by page, since they cannot be streamed: rejected: sendInitialEvents is "
                         "forbidden"});
}

TEST_CASE("a streaming list that is answered with 429 is logged as a list that failed") {
  Fixture busy({Refusal("429 Too Many Requests", "TooManyRequests", "later"), List(10)}, true);
  busy.RunUntil([&] { return busy.log().size() == 1; });
  CHECK(busy.log()[0] == "W cannot list " + busy.name() + ": too many requests: later; trying again");
  REQUIRE(busy.reflector().last_error().has_value());
  CHECK(busy.reflector().last_error()->code == Errc::kTooManyRequests);
}

TEST_CASE("a watch that is never answered is logged as failed, with the timeout") {
  ReflectorTiming timing = Hurried();
  timing.shortest_watch = std::chrono::seconds(1);
  timing.watch_spread = std::chrono::seconds(0);
  timing.watch_slack = std::chrono::milliseconds(10);
  Fixture f({List(10)}, {}, timing);
  f.RunUntil([&] { return !f.log().empty(); });
  CHECK(f.log()[0].starts_with("W cannot watch " + f.name() + ": timeout"));
  CHECK(f.Queries().size() == 2);
}

TEST_CASE("lists are requested in pages, and watches from the last version with a timeout") {
  Fixture f({List(10, "", "next page"), List(10), Watch(12)});
  f.RunUntilAsked(4);
  const Lines queries = f.Queries();
  CHECK(queries[0] == "?limit=500");
  CHECK(queries[1] == "?limit=500&continue=next%20page");
  const auto check_watch = [](const std::string& query, const std::string& version) {
    const std::string begin =
        "?watch=true&resourceVersion=" + version + "&allowWatchBookmarks=true&timeoutSeconds=";
    CAPTURE(query);
    REQUIRE(query.starts_with(begin));
    const int seconds = std::stoi(query.substr(begin.size()));
    CHECK(seconds >= 20);
    CHECK(seconds <= 28);
  };
  check_watch(queries[2], "10");
  check_watch(queries[3], "12");
}

TEST_CASE("a streaming list is requested with all parameters that make it one") {
  Fixture f({}, true);
  f.RunUntilAsked(1);
  CHECK(
      f.Queries()[0].starts_with("?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&"
                                 "allowWatchBookmarks=true&timeoutSeconds="));
}

TEST_CASE(
    "pods are requested whole and nodes as metadata where that is chosen, each in the chosen encoding") {
  using client::Encoding;
  using client::Form;
  for (const Encoding encoding : {Encoding::kJson, Encoding::kProtobuf}) {
    for (const bool metadata_only : {true, false}) {
      CAPTURE(metadata_only);
      const ReadOptions options{.encoding = encoding, .metadata_only = metadata_only};
      Fixture pods({List(10), Watch(11)}, options);
      pods.RunUntilAsked(2);
      const std::string whole(client::AcceptOf(encoding, Form::kWhole));
      const Lines accepted = pods.Accepted();
      CHECK(accepted[0] == whole);
      CHECK(accepted[1] == whole);

      asio::io_context io;
      client::ScriptServer server(
          io, {{{JsonAnswer(R"({"kind":"NodeList","metadata":{"resourceVersion":"10"},"items":[]})")}}});
      const auto client = client::ApiClient::Create(io.get_executor(), server.config(), {}).value();
      Informer<kube::Node> nodes(io.get_executor(), *client, client::kNodes, "", {}, Hurried());
      TaskGroup tasks(io.get_executor(), test::ThrowTaskFailure);
      tasks.Spawn("informer", nodes.Run(options));
      while (server.requests().size() < 2) io.run_one();
      const auto asks = [&](std::size_t request, Form form) {
        const std::string accept(client::AcceptOf(encoding, metadata_only ? form : Form::kWhole));
        return server.requests()[request].find("Accept: " + accept + "\r\n") != std::string::npos;
      };
      CHECK(asks(0, Form::kMetadataList));
      CHECK(asks(1, Form::kMetadata));
      CHECK(server.requests()[0].starts_with("GET /api/v1/nodes?limit=500 HTTP/1.1"));
      tasks.Cancel();
      while (!tasks.empty()) io.run_one();
    }
  }
}

TEST_CASE("a list that is cancelled at shutdown is not logged") {
  for (const bool streams_lists : {true, false}) {
    Fixture f({}, streams_lists);
    f.RunUntilAsked(1);
    f.Cancel();
    CHECK(f.log().empty());
  }
}

TEST_CASE("a server error of a streaming list is not logged if the paged list after it succeeds") {
  Fixture f({kBroken, List(10)}, true);
  f.RunUntil([&] { return f.reflector().synced(); });
  CHECK(f.log().empty());
  CHECK_FALSE(f.reflector().last_error().has_value());
}

TEST_CASE("a complete list clears the error of a streaming list that was rejected") {
  Fixture f({Refusal("422 Unprocessable Entity", "Invalid", "no"), List(10)}, true);
  f.RunUntil([&] { return f.reflector().last_error().has_value(); });
  CHECK(f.reflector().last_error()->code == Errc::kRejected);
  f.RunUntil([&] { return f.reflector().synced(); });
  CHECK_FALSE(f.reflector().last_error().has_value());
}

TEST_CASE("a server that goes back a second time is logged again") {
  Fixture f({List(10), kExpired, List(5), kExpired, List(3)});
  f.RunUntil([&] { return f.reflector().stats().lists == 3; });
  REQUIRE(f.log().size() == 2);
  CHECK(f.log()[0].starts_with("W the API server has gone back from version 10 to 5 of the "));
  CHECK(f.log()[1].starts_with("W the API server has gone back from version 5 to 3 of the "));
}

TEST_CASE("an event that cannot be decoded is logged while its watch is open, and is counted as malformed") {
  const std::string pod = R"({"metadata":{"name":"a","namespace":"shop","uid":"u","resourceVersion":"11"}})";
  const std::string events =
      R"({"type":"ADDED","object":)" + pod + "}\n" +
      R"({"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"12"}}})" + "\n" +
      R"({"type":"ADDED","object":{"metadata":{"name":"b","namespace":"shop"},"spec":7}})" + "\n";
  std::ostringstream size;
  size << std::hex << events.size();
  const std::string open =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + size.str() +
      "\r\n" + events + "\r\n";
  Fixture f({List(10), open});
  f.RunUntil([&] { return f.log().size() == 1; });
  CHECK(f.log() == Lines{"E skipped one of the " + f.name() +
                         ": Pod shop/b: .spec: expected an object, got an integer"});
  CHECK(f.Queries().size() == 2);
  CHECK(f.reflector().stats().lists == 1);
  CHECK(f.reflector().stats().watches == 1);
  CHECK(f.reflector().stats().events == 1);
  CHECK(f.reflector().stats().malformed == 1);
}

}  // namespace
}  // namespace k8sm::informer
