#include "test/fuzz/ops_stage.h"

#include "controller/access/access_gate.h"
#include "controller/ops/health_pages.h"
#include "controller/ops/ops_port.h"
#include "lib/client/message/request.h"
#include "lib/http_server/connection.h"
#include "lib/http_server/page.h"
#include "lib/http_server/session.h"
#include "lib/http_server/stream.h"
#include "test/fuzz/fuzz.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <sys/socket.h>
#include <utility>

namespace k8sm::fuzz {
namespace {

using asio::ip::tcp;
using http_server::Exchange;
using http_server::Handler;
using http_server::Page;
using http_server::PageRequest;

constexpr std::chrono::seconds kHang{10};

// The steps of a long page, with lines of this many bytes.
class Countdown final : public http_server::BodySource {
 public:
  explicit Countdown(std::size_t width) : width_(width) {}

  bool Next(std::string& out) override {
    out.append(width_, ' ').append(std::to_string(left_)).append("\n");
    return --left_ > 0;
  }

 private:
  const std::size_t width_;
  int left_ = 5;
};

// Repeats everything that a page can know of a request.
Page Repeat(const PageRequest& request) {
  Page page{.body = request.path + "\n" + request.accept + "\n" + request.body + "\n"};
  for (const auto& [key, value] : request.query) page.body += key + "=" + value + "\n";
  return page;
}

void Fail(std::string_view task, std::string_view what) {
  Expect(false, std::string(task) + " ends without an exception: " + std::string(what));
}

// The responses are those of a real API server, without the parts that are not read.
Awaitable<Result<std::string>> AnswerReview(Reviews reviews, client::Request request) {
  const bool is_token = request.target.ends_with("tokenreviews");
  if (reviews == Reviews::kUnavailable) co_return Error{.code = Errc::kUnavailable, .message = "away"};
  if (reviews == Reviews::kUnreadable) co_return std::string("{\"status\":[]}");
  if (is_token && reviews == Reviews::kUnknownUser) co_return std::string(R"({"status":{"error":"no"}})");
  if (is_token) co_return std::string(R"({"status":{"authenticated":true,"user":{"username":"ann"}}})");
  co_return std::string(reviews == Reviews::kAllowed ? R"({"status":{"allowed":true}})"
                                                     : R"({"status":{"allowed":false}})");
}

Awaitable<void> SendAll(tcp::socket& socket, std::string_view bytes, std::size_t piece) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    const auto [error, size] =
        co_await asio::async_write(socket, asio::buffer(bytes.substr(0, piece)), kToken);
    if (error) co_return;
  }
  boost::system::error_code ignored;
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

Awaitable<void> ReadAll(tcp::socket& socket, std::string& into) {
  co_await asio::async_read(socket, asio::dynamic_buffer(into), kToken);
}

Awaitable<void> NoWait() {
  co_return;
}

std::pair<tcp::socket, tcp::socket> SocketPair(asio::io_context& context) {
  int ends[2];
  Expect(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "there are sockets");
  return {tcp::socket(context, tcp::v4(), ends[0]), tcp::socket(context, tcp::v4(), ends[1])};
}

}  // namespace

OpsStage::OpsStage() : router_([this] { return now_; }), tasks_(context_.get_executor(), Fail) {
  checks_.Add(controller::HealthEndpoint::kReadyz,
              {"informer-sync", []() -> std::optional<std::string> { return "waiting for pods"; }, true});
  AddHealthPages(checks_, router_);
  router_.AddPaced("/metrics", "GET", [](const PageRequest&) {
    return Page{.body = "6\n", .steps = std::make_unique<Countdown>(0)};
  });
  // Longer than one piece of a response.
  router_.AddPaced("/debug/ports", "GET",
                   [](const PageRequest&) { return Page{.steps = std::make_unique<Countdown>(40'000)}; });
  router_.Add("/debug/", "GET", Repeat);
  router_.Add("/debug/flags/v", "PUT", [this](const PageRequest& request) {
    ++outcome_.puts;
    return Repeat(request);
  });
}

OpsOutcome OpsStage::Run(std::string_view bytes, const OpsScene& scene) {
  outcome_ = {};
  controller::AccessGate gate(
      context_.get_executor(), {"/healthz", "/readyz", "/livez"},
      [&scene](client::Request request) { return AnswerReview(scene.reviews, std::move(request)); }, Fail);
  const Handler ops = OpsHandler(router_, scene.on_loopback ? nullptr : &gate, scene.on_loopback);
  const Handler handler = [&](Exchange& exchange) { return Record(exchange, ops); };
  auto [client, server] = SocketPair(context_);
  tasks_.Spawn("session", Serve(std::move(server), handler));
  tasks_.Spawn("client sends", SendAll(client, bytes, scene.piece));
  tasks_.Spawn("client reads", ReadAll(client, outcome_.bytes));
  context_.restart();
  while (!tasks_.empty()) Expect(context_.run_one_for(kHang) > 0, "a session ends when its client has ended");
  return std::move(outcome_);
}

Awaitable<void> OpsStage::Record(Exchange& exchange, const Handler& handler) {
  outcome_.requests.push_back(exchange.request());
  now_ += std::chrono::hours(1);
  co_await handler(exchange);
}

Awaitable<void> OpsStage::Serve(tcp::socket socket, const Handler& handler) {
  const http_server::Refusal refusal = [](unsigned status, const std::string&) {
    return http_server::PlainError(status);
  };
  auto connection = std::make_shared<http_server::Connection>(
      context_.get_executor(), http_server::MakeStream(std::move(socket), nullptr), http_server::Limits());
  http_server::Session session(std::move(connection), handler, refusal,
                               {.make_room = NoWait, .on_answered = [] {}}, tasks_);
  co_await session.Run();
  session.Close();
}

}  // namespace k8sm::fuzz
