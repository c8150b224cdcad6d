// Faults as a client sees them, over real sockets.

#include "test/support/catch.h"
#include "test/unit/apiserver/stage.h"
#include "test/unit/apiserver/test_api.h"

namespace k8sm::apiserver {
namespace {

void Set(ApiServer& server, const std::string& rules) {
  server.faults().Set(ParseFaults(rules).value());
}

Awaitable<void> Cut(ApiServer& server, Client client) {
  Set(server, R"([{"effect":"cut","afterBytes":20}])");
  co_await client.Send(GetText(kPods));
  const std::string answer = co_await client.ReadUntil("never");
  CHECK(answer == "HTTP/1.1 200 OK\r\nCac");
}

TEST_CASE("the fault cut ends a response after the given number of bytes") {
  Stage().Run(Cut);
}

Awaitable<void> CutAll(ApiServer& server, Client client) {
  Set(server, R"([{"effect":"cut"}])");
  co_await client.Send(PostText(kPods, PodJson("p")));
  const std::string answer = co_await client.ReadUntil("never");
  CHECK(answer.empty());
  CHECK(server.Get("pods", "default", "p").has_value());
}

TEST_CASE("the fault cut loses the response to a write that was carried out") {
  Stage().Run(CutAll);
}

Awaitable<void> Garbage(ApiServer& server, Client client) {
  Set(server, R"([{"effect":"garbage"}])");
  co_await client.Send(GetText(kPods));
  const std::string answer = co_await client.ReadUntil("never");
  CHECK_FALSE(answer.empty());
  CHECK_FALSE(answer.starts_with("HTTP"));
}

TEST_CASE("the fault garbage sends a response that is not HTTP") {
  Stage().Run(Garbage);
}

Awaitable<void> Stall(ApiServer& server, Client client) {
  Set(server, R"([{"effect":"stall","afterBytes":8,"times":1}])");
  co_await client.Send(GetText(kPods));
  const std::string answer = co_await client.ReadUntil("HTTP/1.1");
  CHECK(answer == "HTTP/1.1");
  // This connection is stuck, but the server is not.
  co_await client.Send(GetText("/healthz"));
  Client other = client.Another();
  const bool connected = co_await other.Connect();
  CHECK(connected);
  co_await other.Send(GetText("/healthz"));
  const std::string health = co_await other.ReadUntil("\r\n\r\nok");
  CHECK(health.starts_with("HTTP/1.1 200 OK"));
  client.Close();
}

TEST_CASE("a response that stalls does not keep the server from serving other connections") {
  Stage().Run(Stall);
}

Awaitable<void> StallWatch(ApiServer& server, Client client) {
  Set(server, R"([{"effect":"stall","afterBytes":200}])");
  co_await client.Send(GetText(std::string(kPods) + "?watch=true"));
  const std::string head = co_await client.ReadUntil("\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 200 OK"));
  CHECK(server.Create("pods", "default", PodJson("p")).has_value());
  const std::string event = co_await client.ReadUntil("\"kind");
  CHECK(Contains(event, "ADDED"));
  client.Close();
}

TEST_CASE("the fault stall lets a watch send the beginning of an event") {
  Stage().Run(StallWatch);
}

Awaitable<void> EndlessHeader(ApiServer& server, Client client) {
  Set(server, R"([{"effect":"endlessHeader"}])");
  co_await client.Send(GetText(kPods));
  for (int i = 0; i < 100; ++i) {
    const std::string line = co_await client.ReadUntil("\r\n");
    CHECK(line.size() > 10);
  }
  client.Close();
}

TEST_CASE("the fault endlessHeader sends header lines until the client disconnects") {
  Stage().Run(EndlessHeader);
}

Awaitable<void> Trickle(ApiServer& server, Client client) {
  Set(server, R"([{"effect":"trickle","bytes":7,"times":1}])");
  co_await client.Send(GetText("/healthz") + GetText("/healthz"));
  const std::string first = co_await client.ReadUntil("\r\n\r\nok");
  CHECK(first.starts_with("HTTP/1.1 200 OK\r\n"));
  const std::string second = co_await client.ReadUntil("\r\n\r\nok");
  CHECK(second == first);
}

TEST_CASE("a response with the fault trickle arrives complete") {
  Stage().Run(Trickle);
}

Awaitable<void> Refuse(ApiServer& server, Client client) {
  co_await client.Send(GetText("/healthz"));
  const std::string before = co_await client.ReadUntil("\r\n\r\nok");
  Set(server, R"([{"effect":"refuse"}])");
  Client other = client.Another();
  const bool refused = co_await other.Connect();
  CHECK_FALSE(refused);
  // Open connections stay open.
  co_await client.Send(GetText("/healthz"));
  const std::string after = co_await client.ReadUntil("\r\n\r\nok");
  CHECK(after == before);
  server.faults().Clear();
  Client third = client.Another();
  const bool connected = co_await third.Connect();
  CHECK(connected);
}

TEST_CASE("the fault refuse refuses new connections until it is cleared, and keeps open ones") {
  Stage().Run(Refuse);
}

Awaitable<void> ErrorEvent(ApiServer& server, Client client) {
  Set(server, R"([{"effect":"errorEvent","code":410,"times":1}])");
  co_await client.Send(GetText(std::string(kPods) + "?watch=true"));
  const std::string watch = co_await client.ReadUntil("\r\n0\r\n\r\n");
  CHECK(Contains(watch, R"({"type":"ERROR","object":{"kind":"Status")"));
  co_await client.Send(GetText("/healthz"));
  const std::string health = co_await client.ReadUntil("\r\n\r\nok");
  CHECK(health.starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("the fault errorEvent ends a watch with an ERROR event, and the connection stays usable") {
  Stage().Run(ErrorEvent);
}

std::string PutText(const std::string& target, const std::string& body) {
  return "PUT " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

Awaitable<void> Control(ApiServer& server, Client client) {
  Client control = client.Another(server.ControlUrl());
  const bool connected = co_await control.Connect();
  CHECK(connected);
  co_await control.Send(PutText("/faults", R"([{"effect":"status","code":503},{"effect":"refuse"}])"));
  const std::string set = co_await control.ReadUntil("}]\n");
  CHECK(Contains(set,
                 R"([{"effect":"status","matched":0,"hits":0},{"effect":"refuse","matched":0,"hits":0}])"));
  co_await client.Send(GetText(kPods));
  const std::string answer = co_await client.ReadUntil("\"code\":503}\n");
  CHECK(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
  co_await control.Send(GetText("/faults"));
  const std::string got = co_await control.ReadUntil("}]\n");
  CHECK(Contains(got, R"({"effect":"status","matched":1,"hits":1})"));
  co_await control.Send(PutText("/faults", R"([{"effect":"none"}])"));
  const std::string refused = co_await control.ReadUntil("\"code\":400}\n");
  CHECK(Contains(refused, "faults[0]"));
  co_await control.Send("DELETE /faults HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string gone = co_await control.ReadUntil("[]\n");
  CHECK(Contains(gone, "200 OK"));
  co_await control.Send(PutText("/tokens", "secret,anna,1"));
  const std::string tokens = co_await control.ReadUntil("}\n");
  CHECK(Contains(tokens, R"({"tokens":1})"));
  co_await client.Send(GetText(kPods));
  const std::string unknown = co_await client.ReadUntil("\"code\":401}\n");
  CHECK(unknown.starts_with("HTTP/1.1 401 Unauthorized\r\n"));
  co_await control.Send(GetText("/api/v1/pods"));
  const std::string nothing = co_await control.ReadUntil("\"code\":404}\n");
  CHECK(nothing.starts_with("HTTP/1.1 404 Not Found\r\n"));
}

TEST_CASE("the control port sets, lists and clears faults, and sets tokens") {
  ApiServerOptions options;
  options.control_port = 0;
  Stage(options).Run(Control);
}

}  // namespace
}  // namespace k8sm::apiserver
