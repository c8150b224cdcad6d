// The informer over real HTTP, against a server with scripted answers.

#include "lib/informer/informer.h"

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/client/api_client.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/pod.h"
#include "test/apiserver/protobuf.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::informer {
namespace {

using asio::ip::tcp;
using kube::Pod;
using kube::Symbol;

std::string PodJson(const std::string& name, int version) {
  return R"({"metadata":{"name":")" + name + R"(","namespace":"shop","uid":"uid-)" + name +
         R"(","resourceVersion":")" + std::to_string(version) + R"("}})";
}

std::string ListJson(int version, const std::string& items, const std::string& token = "") {
  return R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":")" + std::to_string(version) +
         R"(","continue":")" + token + R"("},"items":[)" + items + "]}";
}

std::string EventJson(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

// ADDED events.
std::string PodsJson(const std::vector<std::pair<std::string, int>>& pods) {
  std::string text;
  for (const auto& [name, version] : pods) text += EventJson("ADDED", PodJson(name, version));
  return text;
}

struct Answer {
  std::string body;
  bool goes_on = false;  // a watch that stays open after these bytes
  std::string status = "200 OK";
  std::string content_type = "application/json";
};

// The answer of a server that does not support streaming lists.
const Answer kNoStream{"{}", false, "422 Unprocessable Entity"};

// The bookmark that ends a streaming list.
std::string ListEndJson(int version) {
  return EventJson("BOOKMARK", R"({"kind":"Pod","metadata":{"resourceVersion":")" + std::to_string(version) +
                                   R"(","annotations":{"k8s.io/initial-events-end":"true"}}})");
}

// Gives the n-th request the n-th answer, over as many connections as the client opens. After the last answer
// the connection stays open until the client closes it or sends another request.
class ScriptedServer {
 public:
  ScriptedServer(asio::io_context& context, std::vector<Answer> answers)
      : acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        answers_(std::move(answers)) {}

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // Of each request, the target and the Accept header.
  const std::vector<std::string>& targets() const { return targets_; }
  const std::vector<std::string>& accepts() const { return accepts_; }

  Awaitable<void> Run() {
    for (;;) {
      tcp::socket socket(acceptor_.get_executor());
      const auto [error] = co_await acceptor_.async_accept(socket, kToken);
      if (error) co_return;
      co_await Serve(std::move(socket));
    }
  }

 private:
  Awaitable<void> Serve(tcp::socket socket) {
    std::string received;
    while (targets_.size() < answers_.size()) {
      const auto [read_error, size] =
          co_await asio::async_read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n", kToken);
      if (read_error) co_return;
      const std::size_t target = received.find(' ') + 1;
      targets_.push_back(received.substr(target, received.find(' ', target) - target));
      const std::size_t accept = received.find("Accept: ") + std::string_view("Accept: ").size();
      accepts_.push_back(received.substr(accept, received.find("\r\n", accept) - accept));
      received.erase(0, size);
      const std::string text = Text(answers_[targets_.size() - 1]);
      const auto [write_error, written] = co_await asio::async_write(socket, asio::buffer(text), kToken);
      if (write_error) co_return;
    }
    // The last answer's watch stays open until the client goes.
    co_await asio::async_read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n", kToken);
  }

  static std::string Text(const Answer& answer) {
    std::string text = "HTTP/1.1 " + answer.status + "\r\nContent-Type: " + answer.content_type + "\r\n";
    if (!answer.goes_on) {
      return text + "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body;
    }
    text += "Transfer-Encoding: chunked\r\n\r\n";
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", answer.body.size());
    return answer.body.empty() ? text : text + size + answer.body + "\r\n";
  }

  tcp::acceptor acceptor_;
  std::vector<Answer> answers_;
  std::vector<std::string> targets_;
  std::vector<std::string> accepts_;
};

// An informer of T, by default with the resource of Pods.
template <class T>
class InformerFixture {
 public:
  explicit InformerFixture(std::vector<Answer> answers, bool streams_lists = true,
                           typename Informer<T>::Transform transform = {}, const ReflectorTiming& timing = {},
                           client::Encoding encoding = client::Encoding::kJson,
                           const client::Resource& resource = client::kPods)
      : server(context, std::move(answers)),
        client(client::ApiClient::Create(context.get_executor(),
                                         {.scheme = "http", .host = "127.0.0.1", .port = server.port()}, {})
                   .value()),
        pods(context.get_executor(), *client, resource, "shop", std::move(transform), timing) {
    tasks.Spawn("server", server.Run());
    tasks.Spawn("informer", pods.Run({.streams_lists = streams_lists, .encoding = encoding}));
  }
  ~InformerFixture() {
    tasks.Cancel();
    while (!tasks.empty() && context.run_one_for(std::chrono::seconds(5)) > 0) {
    }
    CHECK(tasks.empty());
  }

  void RunUntil(const std::function<bool()>& reached) {
    context.restart();
    while (!reached()) {
      if (context.run_one_for(std::chrono::seconds(30)) == 0) FAIL("nothing happens any more");
    }
  }
  // "a@1 b@2", sorted by name.
  std::string Stored() const {
    std::map<std::string, std::string> versions;
    pods.store().ForEach([&](const T& object) {
      versions[std::string(object.meta.name.get())] = object.meta.resource_version.Text();
    });
    std::string text;
    for (const auto& [name, version] : versions) text += (text.empty() ? "" : " ") + name + "@" + version;
    return text;
  }

  asio::io_context context;
  ScriptedServer server;
  std::unique_ptr<client::ApiClient> client;
  Informer<T> pods;
  TaskGroup tasks{context.get_executor(),
                  [](std::string_view, std::string_view what) { FAIL(std::string(what)); }};
};

using Fixture = InformerFixture<Pod>;

constexpr const char* kProtobufType = "application/vnd.kubernetes.protobuf";

Answer ProtobufList(const std::string& json) {
  return {.body = apiserver::ToProtobuf(json).value(), .content_type = kProtobufType};
}

Answer ProtobufWatch(const std::string& lines) {
  return {.body = apiserver::ToProtobufFrames(lines).value(),
          .goes_on = true,
          .content_type = std::string(kProtobufType) + ";stream=watch"};
}

std::string Kinded(const std::string& pod) {
  return R"({"kind":"Pod","apiVersion":"v1",)" + pod.substr(1);
}

TEST_CASE("an informer follows lists and watches in protobuf") {
  Fixture f({ProtobufList(ListJson(10, PodJson("a", 1) + "," + PodJson("b", 2), "token")),
             ProtobufList(ListJson(10, PodJson("c", 3))),
             ProtobufWatch(EventJson("MODIFIED", Kinded(PodJson("a", 11))) +
                           EventJson("DELETED", Kinded(PodJson("b", 12))))},
            false, {}, {}, client::Encoding::kProtobuf);
  f.RunUntil([&] { return f.Stored() == "a@11 c@3"; });
  CHECK(f.pods.reflector().resource_version() == "12");
  CHECK(f.pods.reflector().stats().malformed == 0);
}

TEST_CASE("an informer follows a streaming list in protobuf") {
  Fixture f({ProtobufWatch(EventJson("ADDED", Kinded(PodJson("a", 1))) + ListEndJson(10) +
                           EventJson("ADDED", Kinded(PodJson("b", 11))))},
            true, {}, {}, client::Encoding::kProtobuf);
  f.RunUntil([&] { return f.Stored() == "a@1 b@11"; });
  CHECK(f.pods.reflector().stats().lists == 1);
}

TEST_CASE("the Content-Type of each response, not the preferred encoding, decides how it is decoded") {
  Fixture f({{ListJson(10, PodJson("a", 1), "token")},
             ProtobufList(ListJson(10, PodJson("b", 2))),
             {EventJson("ADDED", PodJson("c", 11)), true}},
            false, {}, {}, client::Encoding::kProtobuf);
  f.RunUntil([&] { return f.Stored() == "a@1 b@2 c@11"; });
}

TEST_CASE("an informer relists after an ERROR event in protobuf that says its version has expired") {
  const std::string gone =
      R"({"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410})";
  Fixture f({ProtobufList(ListJson(10, PodJson("a", 1))), ProtobufWatch(EventJson("ERROR", gone)),
             ProtobufList(ListJson(20, PodJson("b", 15)))},
            false, {}, {}, client::Encoding::kProtobuf);
  f.RunUntil([&] { return f.Stored() == "b@15"; });
}

TEST_CASE("an object that cannot be decoded from protobuf is counted as malformed and marked unreadable") {
  const std::string bad =
      R"({"kind":"Pod","metadata":{"name":"bad","namespace":"shop","resourceVersion":"11"},)"
      R"("spec":{"containers":[{"ports":[{"protocol":"?"}]}]}})";
  Fixture f({ProtobufList(ListJson(10, PodJson("a", 1))), ProtobufWatch(EventJson("ADDED", bad))}, false, {},
            {}, client::Encoding::kProtobuf);
  f.RunUntil([&] { return f.pods.reflector().stats().malformed == 1; });
  CHECK(f.pods.store().IsUnreadable({Symbol("shop"), Symbol("bad")}));
}

// Stores the response to a write of a pod that is stored.
void ApplyResponse(Fixture& f, const std::string& name, const std::string& version) {
  Pod response;
  response.meta = f.pods.store().Find({Symbol("shop"), Symbol(name)})->meta;
  response.meta.resource_version = version;
  f.pods.store().ApplyWrite(response);
}

TEST_CASE("an event that shows what the response to a write of ours has shown is not decoded again") {
  // Decoding it would fail.
  const std::string written = Kinded(PodJson("a", 11));
  const std::string undecodable =
      written.substr(0, written.size() - 1) + R"(,"spec":{"containers":[{"ports":[{"protocol":"?"}]}]}})";
  Fixture f({ProtobufList(ListJson(10, PodJson("a", 1))),
             ProtobufWatch(EventJson("MODIFIED", undecodable) + EventJson("ADDED", Kinded(PodJson("b", 12))) +
                           EventJson("DELETED", written))},
            false, {}, {}, client::Encoding::kProtobuf);
  f.RunUntil([&] { return f.Stored() == "a@1"; });
  ApplyResponse(f, "a", "11");
  f.RunUntil([&] { return f.Stored() == "b@12"; });
  CHECK(f.pods.reflector().stats().malformed == 0);
  CHECK(f.pods.reflector().stats().events == 3);
}

TEST_CASE("an event with another version than the response to a write of ours is decoded") {
  Fixture f({ProtobufList(ListJson(10, PodJson("a", 1))),
             ProtobufWatch(EventJson("MODIFIED", Kinded(PodJson("a", 12))))},
            false, {}, {}, client::Encoding::kProtobuf);
  f.RunUntil([&] { return f.Stored() == "a@1"; });
  ApplyResponse(f, "a", "11");
  f.RunUntil([&] { return f.Stored() == "a@12"; });
}

// Endpoints with a generateName, which stands for metadata of a later server: WithUnknownField() makes it
// that.
std::string EndpointsJson(const std::string& name, int version) {
  return R"({"kind":"Endpoints","metadata":{"name":")" + name +
         R"(","namespace":"shop","generateName":"later",)" + R"("resourceVersion":")" +
         std::to_string(version) + R"("}})";
}

std::string EndpointsListJson(int version, const std::string& items) {
  return R"({"kind":"EndpointsList","metadata":{"resourceVersion":")" + std::to_string(version) +
         R"("},"items":[)" + items + "]}";
}

// Makes field 2, generateName, a field that is not known.
Answer WithUnknownField(Answer answer) {
  const std::size_t at = answer.body.find("\x12\x05later");
  REQUIRE(at != std::string::npos);
  answer.body[at] = 15 << 3 | 2;
  return answer;
}

class EndpointsFixture : public InformerFixture<kube::Endpoints> {
 public:
  explicit EndpointsFixture(std::vector<Answer> answers, bool streams_lists = false)
      : InformerFixture(std::move(answers), streams_lists, {}, {}, client::Encoding::kProtobuf,
                        client::kEndpoints) {}
};

const std::string kPreserved = R"("generateName":"later")";

TEST_CASE("an informer lists again in JSON if a list has a field that an update would lose") {
  const test::LogCapture log;
  EndpointsFixture f({WithUnknownField(ProtobufList(EndpointsListJson(10, EndpointsJson("a", 1)))),
                      {EndpointsListJson(11, EndpointsJson("a", 1) + "," + EndpointsJson("b", 11))},
                      {EventJson("MODIFIED", EndpointsJson("a", 12)), true}});
  f.RunUntil([&] { return f.Stored() == "a@12 b@11"; });
  CHECK(f.pods.store().Find({Symbol("shop"), Symbol("b")})->meta.preserved == kPreserved);
  CHECK(f.pods.reflector().stats().malformed == 0);
  CHECK_FALSE(f.pods.reflector().last_error());
  const auto& accepts = f.server.accepts();
  REQUIRE(accepts.size() == 3);
  CHECK(accepts[0].starts_with(kProtobufType));
  CHECK(accepts[1].starts_with("application/json"));
  CHECK(accepts[2].starts_with("application/json"));
  CHECK(log.Count("in JSON from now on") == 1);
  CHECK(log.Count("cannot list") == 0);
}

TEST_CASE("an informer lists again in JSON if an event has a field that an update would lose") {
  for (const bool streams_lists : {false, true}) {
    CAPTURE(streams_lists);
    const std::string event = EventJson("ADDED", EndpointsJson("b", 11));
    const std::string end = EventJson(
        "BOOKMARK",
        R"({"kind":"Endpoints","metadata":{"resourceVersion":"11","annotations":{"k8s.io/initial-events-end":"true"}}})");
    std::vector<Answer> answers{WithUnknownField(ProtobufWatch(event))};
    if (streams_lists) {
      answers.push_back({event + end, true});
    } else {
      answers.insert(answers.begin(), ProtobufList(EndpointsListJson(10, "")));
      answers.push_back({EndpointsListJson(11, EndpointsJson("b", 11))});
      answers.push_back({EventJson("ADDED", EndpointsJson("c", 12)), true});
    }
    EndpointsFixture f(answers, streams_lists);
    f.RunUntil([&] { return f.Stored() == (streams_lists ? "b@11" : "b@11 c@12"); });
    CHECK(f.server.accepts().size() == answers.size());
    CHECK(f.server.accepts().back().starts_with("application/json"));
    CHECK(f.pods.store().Find({Symbol("shop"), Symbol("b")})->meta.preserved == kPreserved);
    CHECK_FALSE(f.pods.store().IsUnreadable({Symbol("shop"), Symbol("b")}));
    CHECK_FALSE(f.pods.reflector().last_error());
  }
}

TEST_CASE(
    "an informer lists again in JSON, in pages, if a later page has a field that an update would lose") {
  const std::string first =
      R"({"kind":"EndpointsList","metadata":{"resourceVersion":"10","continue":"token"},"items":[)" +
      std::string("]}");
  EndpointsFixture f({ProtobufList(first),
                      WithUnknownField(ProtobufList(EndpointsListJson(10, EndpointsJson("a", 1)))),
                      {EndpointsListJson(10, EndpointsJson("a", 1))},
                      {"", true}});
  f.RunUntil([&] { return f.Stored() == "a@1" && f.server.targets().size() == 4; });
  CHECK(f.server.targets()[2].ends_with("?limit=500"));
}

bool StartsWith(const std::string& text, std::string_view prefix) {
  return text.starts_with(prefix);
}

TEST_CASE("an informer lists page by page and then follows the watch") {
  Fixture f({kNoStream,
             {ListJson(10, PodJson("a", 1) + "," + PodJson("b", 2), "to/ken")},
             {ListJson(10, PodJson("c", 3))},
             {EventJson("MODIFIED", PodJson("a", 11)) + EventJson("DELETED", PodJson("b", 12)) +
                  EventJson("ADDED", PodJson("d", 13)),
              true}});
  CHECK_FALSE(f.pods.reflector().synced());
  f.RunUntil([&] { return f.pods.reflector().synced(); });
  CHECK(f.Stored() == "a@1 b@2 c@3");
  f.RunUntil([&] { return f.pods.reflector().stats().events == 3; });
  CHECK(f.Stored() == "a@11 c@3 d@13");
  REQUIRE(f.server.targets().size() == 4);
  CHECK(f.server.targets()[1] == "/api/v1/namespaces/shop/pods?limit=500");
  CHECK(f.server.targets()[2] == "/api/v1/namespaces/shop/pods?limit=500&continue=to%2Fken");
  CHECK(StartsWith(f.server.targets()[3],
                   "/api/v1/namespaces/shop/pods?watch=true&resourceVersion=10&allowWatchBookmarks=true"
                   "&timeoutSeconds=2"));
  CHECK_FALSE(f.pods.reflector().last_error().has_value());
  CHECK(f.pods.reflector().last_heard().has_value());
}

TEST_CASE("WaitForSync returns once the first list is complete") {
  Fixture f({{PodsJson({{"a", 1}}) + ListEndJson(10), true}});
  bool over = false;
  const auto wait = [](Informer<Pod>& pods, bool& done) -> Awaitable<void> {
    co_await pods.reflector().WaitForSync();
    done = pods.reflector().synced();
  };
  f.tasks.Spawn("waiter", wait(f.pods, over));
  f.RunUntil([&] { return over; });
  CHECK(f.Stored() == "a@1");
}

TEST_CASE("an informer whose version has expired relists and drops the objects that are gone") {
  Fixture f({kNoStream,
             {ListJson(10, PodJson("a", 1) + "," + PodJson("b", 2))},
             {EventJson("BOOKMARK", R"({"metadata":{"resourceVersion":"15"}})") +
              EventJson("ERROR", R"({"kind":"Status","status":"Failure","reason":"Expired","code":410})")},
             {ListJson(20, PodJson("b", 19))},
             {"", true}});
  f.RunUntil([&] { return f.server.targets().size() == 5; });
  CHECK(f.pods.reflector().stats().lists == 2);
  CHECK(f.Stored() == "b@19");
  CHECK(f.server.targets()[3] == "/api/v1/namespaces/shop/pods?limit=500");
  CHECK_FALSE(f.pods.reflector().last_error().has_value());
}

TEST_CASE("a watch event with an older version ends the watch and forces a relist, unless it is a deletion") {
  Fixture f({{ListJson(10, PodJson("a", 1))},
             {PodsJson({{"c", 15}, {"d", 12}, {"e", 16}})},
             {ListJson(20, PodJson("c", 15))},
             {EventJson("ADDED", PodJson("f", 21)) + EventJson("DELETED", PodJson("c", 15))},
             {"", true}},
            false);
  f.RunUntil([&] { return f.server.targets().size() == 5; });
  CHECK(f.server.targets()[2] == "/api/v1/namespaces/shop/pods?limit=500");
  // A deletion may bear the version of the object's last state.
  CHECK(f.server.targets()[4].find("?watch=true&") != std::string::npos);
  CHECK(f.Stored() == "f@21");
  CHECK(f.pods.reflector().stats().lists == 2);
}

TEST_CASE("a watch that ends in the middle of an event is logged as failed") {
  const test::LogCapture log;
  Fixture f({{ListJson(10, PodJson("a", 1))},
             {EventJson("ADDED", PodJson("b", 11)) + R"({"type":"ADDED","object":{"meta)"},
             {"", true}},
            false);
  f.RunUntil([&] { return f.server.targets().size() == 3; });
  CHECK(f.Stored() == "a@1 b@11");
  CHECK(log.Count("the watch ended in the middle of an event") == 1);
}

TEST_CASE("objects that cannot be decoded are skipped and counted, and the others are stored") {
  Fixture f({kNoStream,
             {ListJson(10, PodJson("a", 1) + R"(,{"metadata":{"name":7}},)" + PodJson("b", 2))},
             {EventJson("ADDED", R"({"metadata":"none"})") + EventJson("ADDED", PodJson("c", 12))},
             {"", true}});
  f.RunUntil([&] { return f.server.targets().size() == 4; });
  CHECK(f.Stored() == "a@1 b@2 c@12");
  CHECK(f.pods.reflector().stats().malformed == 2);
}

TEST_CASE("a watch whose events cannot be decoded is followed by the next one without backing off") {
  ReflectorTiming timing;
  timing.server_backoff.initial = timing.server_backoff.max = std::chrono::hours(1);
  Fixture f({{ListJson(10, "")}, {EventJson("ADDED", R"({"metadata":"none"})")}, {"", true}}, false, {},
            timing);
  f.RunUntil([&] { return f.server.targets().size() == 3; });
  CHECK(f.pods.reflector().stats().malformed == 1);
}

TEST_CASE("last_error tells why an informer could not list") {
  Fixture f({kNoStream, {"no list at all"}, {ListJson(10, PodJson("a", 1))}, {"", true}});
  f.RunUntil([&] { return f.pods.reflector().last_error().has_value(); });
  CHECK(f.pods.reflector().last_error()->code == Errc::kRejected);
  f.RunUntil([&] { return f.pods.reflector().last_error()->code == Errc::kMalformed; });
  CHECK_FALSE(f.pods.reflector().synced());
}

// ---- Streaming lists

const std::string kExpired =
    EventJson("ERROR", R"({"kind":"Status","status":"Failure","reason":"Expired","code":410})");

// What the store has notified of since: "+a" for an added object, "-b" for a removed one, "a" for a changed
// one.
struct Told {
  explicit Told(Store<Pod>& store) {
    store.AddListener([this](const Pod* before, const Pod* after) {
      text += (text.empty() ? "" : " ") +
              std::string(before == nullptr  ? "+"
                          : after == nullptr ? "-"
                                             : "") +
              (after != nullptr ? after : before)->meta.name;
    });
  }
  std::string text;
};

TEST_CASE("an informer streams its list and follows the watch on the same stream") {
  Fixture f({{PodsJson({{"a", 1}, {"b", 2}}) + ListEndJson(10) + EventJson("MODIFIED", PodJson("a", 11)) +
                  EventJson("DELETED", PodJson("b", 12)),
              true}});
  f.RunUntil([&] { return f.pods.reflector().stats().events == 2; });
  CHECK(f.Stored() == "a@11");
  CHECK(f.pods.reflector().resource_version() == "12");
  CHECK(f.pods.reflector().stats().lists == 1);
  REQUIRE(f.server.targets().size() == 1);
  CHECK(StartsWith(f.server.targets()[0],
                   "/api/v1/namespaces/shop/pods?watch=true&sendInitialEvents=true"
                   "&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=300"));
}

TEST_CASE("a bookmark without the initial-events-end annotation does not complete a streaming list") {
  const std::string bookmark = EventJson("BOOKMARK", R"({"metadata":{"resourceVersion":"10"}})");
  Fixture f({{PodsJson({{"a", 1}}) + bookmark, true}});
  f.RunUntil([&] { return f.pods.store().size() == 1; });
  CHECK_FALSE(f.pods.reflector().synced());
  CHECK(f.pods.reflector().resource_version().empty());
}

TEST_CASE("events before the final bookmark of a streaming list belong to the list") {
  Fixture f({{PodsJson({{"a", 1}, {"b", 2}}) + EventJson("DELETED", PodJson("a", 8)) +
                  EventJson("MODIFIED", PodJson("b", 9)) + PodsJson({{"c", 10}}) + ListEndJson(10),
              true}});
  f.RunUntil([&] { return f.pods.reflector().synced(); });
  CHECK(f.Stored() == "b@9 c@10");
  CHECK(f.pods.reflector().stats().events == 0);
}

TEST_CASE("a streaming list replaces the cache and notifies only of the objects that differ") {
  Fixture f({{PodsJson({{"a", 1}, {"b", 2}, {"c", 3}}) + ListEndJson(10) + kExpired},
             {PodsJson({{"b", 2}, {"c", 13}, {"d", 14}}) + ListEndJson(20), true}});
  f.RunUntil([&] { return f.pods.reflector().synced(); });
  Told told(f.pods.store());
  f.RunUntil([&] { return f.pods.reflector().stats().lists == 2; });
  CHECK(f.Stored() == "b@2 c@13 d@14");
  CHECK(told.text == "c +d -a");
}

TEST_CASE("a streaming list that ends before its bookmark deletes nothing and is replaced by a paged list") {
  const bool cut_in_an_event = GENERATE(false, true);
  Fixture f({{PodsJson({{"a", 1}, {"b", 2}}) + ListEndJson(10) + kExpired},
             {PodsJson({{"c", 13}}) + (cut_in_an_event ? R"({"type":"ADDED",)" : "")},
             {ListJson(20, PodJson("b", 2) + "," + PodJson("c", 13))},
             {"", true}});
  f.RunUntil([&] { return f.server.targets().size() == 3; });
  CHECK(f.Stored() == "a@1 b@2 c@13");
  CHECK(f.pods.reflector().resource_version() == "10");
  f.RunUntil([&] { return f.server.targets().size() == 4; });
  CHECK(f.Stored() == "b@2 c@13");
  CHECK(StartsWith(f.server.targets()[3], "/api/v1/namespaces/shop/pods?watch=true&resourceVersion=20&"));
}

TEST_CASE(
    "an object of a streaming list that cannot be decoded keeps its cached state and is marked unreadable") {
  Fixture f(
      {{PodsJson({{"a", 1}, {"b", 2}}) + ListEndJson(10) + kExpired},
       {EventJson("ADDED", R"({"metadata":{"name":"a","namespace":"shop"},"spec":7})") + ListEndJson(20),
        true}});
  f.RunUntil([&] { return f.pods.reflector().stats().lists == 2; });
  CHECK(f.Stored() == "a@1");
  CHECK(f.pods.reflector().stats().malformed == 1);
  CHECK(f.pods.store().IsUnreadable({Symbol("shop"), Symbol("a")}));
}

TEST_CASE("an informer lists in pages from the start if it is told that the server does not stream lists") {
  Fixture f({{ListJson(10, PodJson("a", 1))}, {"", true}}, false);
  f.RunUntil([&] { return f.server.targets().size() == 2; });
  CHECK(f.server.targets()[0] == "/api/v1/namespaces/shop/pods?limit=500");
  CHECK(f.Stored() == "a@1");
}

TEST_CASE("every object is transformed before it is stored") {
  Fixture f({{ListJson(10, PodJson("a", 1))}, {EventJson("ADDED", PodJson("b", 11)), true}}, false,
            [](Pod& pod) { pod.hostname = pod.meta.name; });
  f.RunUntil([&] { return f.pods.store().size() == 2; });
  f.pods.store().ForEach([](const Pod& pod) { CHECK(pod.hostname == pod.meta.name); });
}

TEST_CASE("a list confirms the cache, and each watch event after it confirms the cache as of its arrival") {
  Fixture f({{ListJson(10, "")}, {EventJson("ADDED", PodJson("b", 11)), true}}, false);
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(f.pods.reflector().confirmed().has_value());
  f.RunUntil([&] { return f.pods.reflector().synced(); });
  const auto listed = f.pods.reflector().confirmed();
  CHECK(listed >= begin);
  CHECK(listed <= std::chrono::steady_clock::now());
  f.RunUntil([&] { return f.pods.store().size() == 1; });
  CHECK(f.pods.reflector().confirmed() == f.pods.reflector().last_heard());
}

TEST_CASE("an informer follows the server while it watches, and not while it relists") {
  Fixture f({{PodsJson({{"a", 1}}) + ListEndJson(10), true}});
  CHECK_FALSE(f.pods.reflector().last_followed().has_value());
  f.RunUntil([&] { return f.pods.reflector().synced(); });
  CHECK(f.pods.reflector().last_followed().has_value());
  Fixture expired({{PodsJson({{"a", 1}}) + ListEndJson(10) + kExpired}, {"", true}});
  expired.RunUntil([&] { return expired.server.targets().size() == 2; });
  CHECK_FALSE(expired.pods.reflector().last_error().has_value());
  CHECK_FALSE(expired.pods.reflector().last_followed().has_value());
}

// The second list within a short time is put off: here, for longer than any test runs.
ReflectorTiming LongPauses() {
  ReflectorTiming timing;
  timing.server_backoff = {.initial = std::chrono::hours(1), .max = std::chrono::hours(1)};
  return timing;
}

TEST_CASE("an informer whose version has expired does not follow the server while its relist is put off") {
  const Answer expired{ListEndJson(10) + kExpired};
  Fixture f({expired, expired}, true, {}, LongPauses());
  f.RunUntil([&] {
    return f.pods.reflector().stats().lists == 2 && !f.pods.reflector().last_followed().has_value();
  });
  CHECK(f.server.targets().size() == 2);
  CHECK_FALSE(f.pods.reflector().last_error().has_value());
}

TEST_CASE("an informer whose server has gone back does not follow it while its relist is put off") {
  Fixture f({{ListJson(10, "")}, {kExpired}, {ListJson(10, "")}, {"", true}, {ListJson(5, "")}}, false, {},
            LongPauses());
  f.RunUntil([&] { return f.server.targets().size() == 4; });
  CHECK(f.pods.reflector().last_followed().has_value());
  f.pods.reflector().Confirm();
  f.RunUntil([&] { return f.pods.reflector().went_back().has_value(); });
  CHECK_FALSE(f.pods.reflector().last_followed().has_value());
  CHECK_FALSE(f.pods.reflector().last_error().has_value());
}

TEST_CASE("an object of a page or a watch that cannot be decoded is marked unreadable until it is deleted") {
  const std::string unreadable =
      R"({"metadata":{"name":"b","namespace":"shop","resourceVersion":"3"},"spec":7})";
  const std::string later =
      R"({"metadata":{"name":"a","namespace":"shop","resourceVersion":"12","labels":7}})";
  Fixture f({{ListJson(10, PodJson("a", 1) + "," + unreadable)},
             {EventJson("MODIFIED", later), false},
             {EventJson("DELETED", later) + EventJson("DELETED", unreadable), true}},
            false);
  const auto is_unreadable = [&](const char* name) {
    return f.pods.store().IsUnreadable({Symbol("shop"), Symbol(name)});
  };
  f.RunUntil([&] { return f.pods.reflector().synced(); });
  CHECK(is_unreadable("b"));
  CHECK_FALSE(is_unreadable("a"));
  f.RunUntil([&] { return f.pods.reflector().stats().malformed == 2; });
  CHECK(is_unreadable("a"));
  CHECK(f.Stored() == "a@1");
  f.RunUntil([&] { return f.pods.reflector().stats().events == 2; });
  CHECK_FALSE(is_unreadable("a"));
  CHECK_FALSE(is_unreadable("b"));
  CHECK(f.Stored().empty());
}

TEST_CASE("a watch counts as heard from once it is accepted, before any event") {
  Fixture f({{ListJson(10, "")}, {"", true}}, false);
  f.RunUntil([&] { return f.pods.reflector().synced(); });
  CHECK_FALSE(f.pods.reflector().last_heard().has_value());
  f.RunUntil([&] { return f.pods.reflector().last_heard().has_value(); });
  CHECK(f.server.targets().size() == 2);
  // That the watch is accepted shows that the cache follows, too.
  CHECK(f.pods.reflector().last_followed() == f.pods.reflector().last_heard());
}

TEST_CASE("an informer that lists in pages because a streaming list was silent logs the timeout") {
  const test::LogCapture log;
  ReflectorTiming timing;
  timing.stream = {.quiet = std::chrono::milliseconds(1), .idle = std::chrono::milliseconds(1)};
  Fixture f({{"", true}}, true, {}, timing);
  f.RunUntil([&] { return !log.lines().empty(); });
  CHECK(log.Count("page by page, since they cannot be streamed: timeout") == 1);
}

ReflectorTiming ShortWatches() {
  ReflectorTiming timing;
  timing.shortest_watch = std::chrono::seconds(1);
  timing.watch_spread = std::chrono::seconds(0);
  timing.watch_slack = std::chrono::milliseconds(10);
  return timing;
}

TEST_CASE("a watch that the server does not end in time is resumed without reporting an error") {
  const test::LogCapture log;
  Fixture f({{ListJson(10, "")}, {PodsJson({{"a", 11}}), true}, {"", true}}, false, {}, ShortWatches());
  f.RunUntil([&] { return f.server.targets().size() == 3; });
  CHECK(f.server.targets()[2].find("resourceVersion=11&") != std::string::npos);
  CHECK(f.Stored() == "a@11");
  CHECK_FALSE(f.pods.reflector().last_error().has_value());
  CHECK(log.Count("cannot watch") == 0);
}

TEST_CASE("a watch that began as a streaming list times out like any other and is resumed") {
  const test::LogCapture log;
  Fixture f({{PodsJson({{"a", 1}}) + ListEndJson(10) + PodsJson({{"b", 11}}), true}, {"", true}}, true, {},
            ShortWatches());
  f.RunUntil([&] { return f.server.targets().size() == 2; });
  CHECK(f.server.targets()[1].find("resourceVersion=11&") != std::string::npos);
  CHECK(f.Stored() == "a@1 b@11");
  CHECK(log.Count("cannot") == 0);
}

TEST_CASE("an event whose resourceVersion cannot be decoded leaves the version from which a watch resumes") {
  Fixture f(
      {{ListJson(10, PodJson("a", 1))},
       {EventJson("DELETED", R"({"metadata":{"name":"a","namespace":"shop","resourceVersion":7}})"), true}},
      false);
  f.RunUntil([&] { return f.pods.reflector().stats().events == 1; });
  CHECK(f.Stored().empty());
  CHECK(f.pods.reflector().resource_version() == "10");
}

TEST_CASE("every object of a list that cannot be decoded is logged by name") {
  test::LogCapture log;
  std::string items;
  for (int i = 1; i <= 15; ++i) {
    items += (i > 1 ? "," : "") + std::string(R"({"metadata":{"name":"broken-)") + std::to_string(i) +
             R"(","namespace":"shop"},"spec":7})";
  }
  Fixture f({{ListJson(10, items)}, {"", true}}, false);
  f.RunUntil([&] { return f.server.targets().size() == 2; });
  for (int i = 1; i <= 15; ++i) {
    CHECK(log.Count("Pod shop/broken-" + std::to_string(i) + ": .spec: expected an object, got an integer") ==
          1);
  }
}

TEST_CASE("a forbidden list is logged with the permissions that an administrator has to grant") {
  test::LogCapture log;
  Fixture f({{"{}", false, "403 Forbidden"}, {ListJson(10, "")}, {"", true}}, false);
  f.RunUntil([&] { return f.pods.reflector().last_error().has_value(); });
  CHECK(log.Count("; grant list, watch on pods in namespace shop; trying again") == 1);
}

TEST_CASE("a relist notices that the server's version has gone back") {
  Fixture f({{PodsJson({{"a", 1}}) + ListEndJson(10) + kExpired}, {ListEndJson(5), true}});
  f.RunUntil([&] { return f.pods.reflector().stats().lists == 1; });
  CHECK_FALSE(f.pods.reflector().went_back().has_value());
  f.RunUntil([&] { return f.pods.reflector().stats().lists == 2; });
  CHECK(f.pods.reflector().went_back().has_value());
  // The list is of the state to which the server has gone back.
  CHECK(f.pods.reflector().confirmed() >= f.pods.reflector().went_back());
  CHECK(f.Stored().empty());
}

TEST_CASE("a server that has gone back is logged once, by the probe and not by the relist") {
  const test::LogCapture log;
  Fixture f({{PodsJson({{"a", 1}}) + ListEndJson(10), true}, {ListJson(5, "")}, {ListEndJson(5), true}});
  f.RunUntil([&] { return f.pods.reflector().synced(); });
  f.pods.reflector().Confirm();
  f.RunUntil([&] { return f.pods.reflector().stats().lists == 2; });
  CHECK(log.Count("the API server has gone back from version 10 to 5") == 1);
  CHECK(log.lines().size() == 1);
}

TEST_CASE("a probe notices that the server's version has gone back, before the relist") {
  Fixture f({{PodsJson({{"a", 1}}) + ListEndJson(10), true}, {ListJson(5, "")}, {"", true}});
  f.RunUntil([&] { return f.pods.reflector().synced(); });
  f.pods.reflector().Confirm();
  f.RunUntil([&] { return f.server.targets().size() == 3; });
  CHECK(f.server.targets()[2].find("sendInitialEvents=true") != std::string::npos);
  CHECK(f.pods.reflector().stats().lists == 1);
  CHECK(f.pods.reflector().went_back().has_value());
}

TEST_CASE("Confirm interrupts the watch for a probe, and the watch resumes after it") {
  // Of the probe's answer only the version counts.
  Fixture f(
      {{PodsJson({{"a", 1}}) + ListEndJson(10), true}, {ListJson(10, PodJson("b", 9), "more")}, {"", true}});
  f.RunUntil([&] { return f.pods.reflector().synced(); });
  const auto before = std::chrono::steady_clock::now();
  f.pods.reflector().Confirm();
  f.pods.reflector().Confirm();
  f.RunUntil([&] { return f.server.targets().size() == 2; });
  const auto asked = std::chrono::steady_clock::now();
  f.RunUntil([&] { return f.server.targets().size() == 3; });
  // What the server has done since the request is not confirmed.
  CHECK(f.pods.reflector().confirmed() > before);
  CHECK(f.pods.reflector().confirmed() <= asked);
  CHECK(f.server.targets()[1] == "/api/v1/namespaces/shop/pods?limit=1");
  CHECK(f.server.targets()[2].find("watch=true&resourceVersion=10") != std::string::npos);
  CHECK_FALSE(f.pods.reflector().last_error().has_value());
  CHECK(f.Stored() == "a@1");
}

}  // namespace
}  // namespace k8sm::informer
