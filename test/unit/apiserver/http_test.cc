// The server over real sockets, on a port of its choice.

#include "test/support/catch.h"
#include "test/unit/apiserver/stage.h"
#include "test/unit/apiserver/test_api.h"

namespace k8sm::apiserver {
namespace {

Awaitable<void> SeveralRequests(ApiServer&, Client client) {
  co_await client.Send(GetText("/api/v1/namespaces/default/endpoints"));
  const std::string list = co_await client.ReadUntil("\"items\":[]}\n");
  CHECK(list.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(Contains(list, "\r\nCache-Control: no-cache, private\r\n"));
  CHECK(Contains(list, "\r\nContent-Type: application/json\r\n"));
  CHECK(Contains(list,
                 "\r\nWarning: 299 - \"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 "
                 "EndpointSlice\"\r\n"));
  CHECK(Contains(list, "\r\nContent-Length: "));
  co_await client.Send(PostText(kPods, PodJson("p")));
  const std::string created = co_await client.ReadUntil("BestEffort\"}}\n");
  CHECK(created.starts_with("HTTP/1.1 201 Created\r\n"));
  co_await client.Send("HEAD /api/v1/namespaces/default/pods/p HTTP/1.1\r\nHost: x\r\n\r\n" +
                       GetText("/healthz"));
  const std::string head = co_await client.ReadUntil("\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
  const std::string health = co_await client.ReadUntil("\r\n\r\nok");
  CHECK(health.starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a connection serves several requests, one after the other") {
  Stage().Run(SeveralRequests);
}

Awaitable<void> LongList(ApiServer& server, Client client) {
  for (int i = 0; i < 5; ++i)
    CHECK(server.Create("pods", "default", PodJson("p" + std::to_string(i))).has_value());
  co_await client.Send(GetText(kPods));
  const std::string head = co_await client.ReadUntil("\r\n\r\n");
  CHECK(Contains(head, "\r\nTransfer-Encoding: chunked\r\n"));
  const std::string body = co_await client.ReadUntil("\r\n0\r\n\r\n");
  CHECK(Contains(body, "\"p4\""));
}

TEST_CASE("a long response is chunked") {
  Stage().Run(LongList);
}

Awaitable<void> WatchPods(ApiServer& server, Client client) {
  const std::string from = std::to_string(server.ResourceVersion());
  co_await client.Send(GetText(std::string(kPods) + "?watch=true&timeoutSeconds=1&resourceVersion=" + from));
  const std::string head = co_await client.ReadUntil("\r\n\r\n");
  CHECK(Contains(head, "\r\nTransfer-Encoding: chunked\r\n"));
  CHECK(server.Create("pods", "default", PodJson("a")).has_value());
  const std::string event = co_await client.ReadUntil("}}\n\r\n");
  CHECK(Contains(event, "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\""));
  CHECK(server.Delete("pods", "default", "a").has_value());
  const std::string rest = co_await client.ReadUntil("\r\n0\r\n\r\n");
  CHECK(Contains(rest, "{\"type\":\"MODIFIED\""));
  CHECK(Contains(rest, "{\"type\":\"DELETED\""));
  // The connection stays usable.
  co_await client.Send(GetText("/healthz"));
  const std::string health = co_await client.ReadUntil("\r\n\r\nok");
  CHECK(Contains(health, "200 OK"));
}

TEST_CASE(
    "a watch sends events as they happen and ends after timeoutSeconds, and the connection stays usable") {
  Stage().Run(WatchPods);
}

Awaitable<void> LeaveWatch(ApiServer&, Client client) {
  co_await client.Send(GetText(std::string(kPods) + "?watch=true"));
  co_await client.ReadUntil("\r\n\r\n");
  client.Close();
}

TEST_CASE("a client may close its connection during a watch") {
  Stage().Run(LeaveWatch);
}

Awaitable<void> StopWatch(ApiServer& server, Client client) {
  co_await client.Send(GetText(std::string(kPods) + "?watch=true"));
  co_await client.ReadUntil("\r\n\r\n");
  server.Stop();
  const std::string rest = co_await client.ReadUntil("\r\n0\r\n\r\n");
  CHECK(rest.empty());
  co_await server.Join();
  const Result<std::uint16_t> again = server.Start();
  CHECK(again.has_value());
}

TEST_CASE("Stop cuts watches off, and the server can be started again") {
  Stage().Run(StopWatch);
}

Awaitable<void> JoinServer(ApiServer& server, bool& joined) {
  co_await server.Join();
  joined = true;
}

TEST_CASE("Join completes after Stop however far the handling of a watch has got") {
  for (int handlers = 0; handlers < 30; ++handlers) {
    CAPTURE(handlers);
    asio::io_context io;
    ApiServer server(io.get_executor(), {});
    const Result<std::uint16_t> port = server.Start();
    REQUIRE(port.has_value());
    Tcp::socket client(io);
    client.connect({asio::ip::make_address("127.0.0.1"), *port});
    asio::write(client, asio::buffer(GetText(std::string(kPods) + "?watch=true")));
    for (int i = 0; i < handlers; ++i) io.poll_one();

    server.Stop();
    bool joined = false;
    TaskGroup tasks(io.get_executor(), [](std::string_view, std::string_view what) { FAIL(what); });
    tasks.Spawn("join", JoinServer(server, joined));
    io.poll();
    CHECK(joined);
    client.close();  // ends whatever Stop may have left running
    io.poll();
  }
}

Awaitable<void> TooLarge(ApiServer&, Client client) {
  co_await client.Send("POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n");
  const std::string answer = co_await client.ReadUntil("\"code\":413}\n");
  CHECK(answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"));
  CHECK(Contains(answer, "Request entity too large"));
}

TEST_CASE("a request with too large a Content-Length gets a 413 before its body is read") {
  Stage().Run(TooLarge);
}

Awaitable<void> Malformed(ApiServer&, Client client) {
  co_await client.Send("what is this?\r\n\r\n");
  const std::string answer = co_await client.ReadUntil("\"code\":400}\n");
  INFO(answer);
  CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_CASE("a request that is not HTTP gets a 400") {
  Stage().Run(Malformed);
}

TEST_CASE("Start fails if the address is invalid or cannot be bound") {
  asio::io_context io;
  ApiServerOptions options;
  options.address = "nowhere";
  CHECK(ApiServer(io.get_executor(), options).Start().error().code == Errc::kInvalidConfig);
  options.address = "203.0.113.1";
  CHECK(ApiServer(io.get_executor(), options).Start().error().code == Errc::kUnavailable);
}

}  // namespace
}  // namespace k8sm::apiserver
