#include "lib/http_server/router.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace k8sm::http_server {
namespace {

using Clock = PagePace::Clock;

// Minimum time between two checks by a client that waits for a page.
constexpr std::chrono::milliseconds kShortestWait{20};
// A client that has not accepted a piece for so long does not keep others waiting.
constexpr std::chrono::milliseconds kSlow{100};
// A page that is longer is sent in pieces, of at least this size except for the last.
constexpr std::size_t kPieceSize = 64 << 10;

Page BadRequest() {
  return {.status = 400, .body = "400 Bad Request\n"};
}

Page Busy() {
  return {.status = 503, .body = "too many requests for this page, try again in a moment\n"};
}

Response HeadOf(const Page& page) {
  Response head{.status = page.status,
                .headers = {{"Content-Type", std::string(page.content_type)},
                            {"Cache-Control", "no-store"},
                            {"X-Content-Type-Options", "nosniff"}},
                .body = {}};
  if (!page.allow.empty()) head.headers.emplace_back("Allow", page.allow);
  return head;
}

// Closes the connection afterwards, so that the client does not repeat the request immediately.
Awaitable<void> Refuse(Exchange& exchange, Page page) {
  exchange.CloseAfterwards();
  Response response = HeadOf(page);
  response.body = std::move(page.body);
  co_await exchange.Send(std::move(response));
}

}  // namespace

// One client's turn to have a page created. Nobody else has one until it ends or its client reads slowly.
class Router::Turn {
 public:
  // `pacing` may be null.
  Turn(std::shared_ptr<Pacing> pacing, const Now& now) : pacing_(std::move(pacing)), now_(now) {
    if (pacing_) pacing_->latest = this;
  }
  ~Turn() {
    if (pacing_ && pacing_->latest == this) pacing_->latest = nullptr;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // Runs a step. One that throws is not counted.
  template <class Work>
  auto Do(Work work) {
    if (!pacing_) return work();
    const auto start = now_();
    auto result = work();
    const auto end = now_();
    pacing_->pace.Made(end, end - start);
    return result;
  }

  // Tells that the client is being sent a piece, or has accepted it.
  void BeginSending() { sending_since_ = Clock::now(); }
  void EndSending() { sending_since_.reset(); }
  // Whether another client need not wait for this one.
  bool IsSlow(Clock::time_point now) const { return sending_since_ && now - *sending_since_ >= kSlow; }

 private:
  const std::shared_ptr<Pacing> pacing_;
  const Now& now_;
  std::optional<Clock::time_point> sending_since_;
};

Router::Router(Now now, std::chrono::milliseconds turn_time) : now_(std::move(now)), turn_time_(turn_time) {}

void Router::Add(std::string path, std::string method, PageMaker maker) {
  routes_[std::move(path)][std::move(method)] = {std::move(maker), nullptr};
}

void Router::AddPaced(std::string path, std::string method, PageMaker maker) {
  routes_[std::move(path)][std::move(method)] = {std::move(maker), std::make_shared<Pacing>()};
}

Awaitable<void> Router::Serve(Exchange& exchange) const {
  const std::optional<PageRequest> request = PageRequestOf(exchange.request());
  if (!request) {
    Page page = BadRequest();
    co_await Refuse(exchange, std::move(page));
    co_return;
  }
  const Route* route = RouteOf(*request);
  const std::shared_ptr<Pacing> pacing = route == nullptr ? nullptr : route->pacing;
  const Wait wait = co_await WaitForTurn(exchange, pacing.get());
  if (wait == Wait::kBusy) {
    Page page = Busy();
    co_await Refuse(exchange, std::move(page));
  }
  if (wait == Wait::kDone) co_await Answer(exchange, *request, pacing);
}

// `pacing` may be null.
Awaitable<Router::Wait> Router::WaitForTurn(Exchange& exchange, const Pacing* pacing) const {
  const auto give_up = Clock::now() + turn_time_;
  for (;;) {
    if (exchange.connection().closed()) co_return Wait::kClosed;
    if (pacing == nullptr) co_return Wait::kDone;
    const auto now = Clock::now();
    const auto rest = pacing->pace.Rest(now_());
    const bool is_free = pacing->latest == nullptr || pacing->latest->IsSlow(now);
    if (is_free && rest == rest.zero()) co_return Wait::kDone;
    if (now >= give_up) co_return Wait::kBusy;
    co_await exchange.connection().wake().WaitUntil(
        std::min(now + std::max<Clock::duration>(rest, kShortestWait), give_up));
  }
}

Awaitable<void> Router::Answer(Exchange& exchange, const PageRequest& request,
                               std::shared_ptr<Pacing> pacing) const {
  Turn turn(std::move(pacing), now_);
  Page page = turn.Do([&] { return MakePage(request); });
  const bool open = co_await MakePiece(exchange.connection(), turn, page);
  if (!open) co_return;
  if (page.status == 503) exchange.CloseAfterwards();
  if (page.steps) {
    co_await SendInPieces(exchange, turn, page);
    co_return;
  }
  turn.BeginSending();
  Response response = HeadOf(page);
  response.body = std::move(page.body);
  co_await exchange.Send(std::move(response));
}

// Runs steps until `page.body` is long enough to be sent, or whole. Returns false if the connection has been
// closed meanwhile.
Awaitable<bool> Router::MakePiece(Connection& connection, Turn& turn, Page& page) {
  while (page.steps && page.body.size() < kPieceSize) {
    co_await asio::post(connection.executor(), asio::use_awaitable);
    if (connection.closed()) co_return false;
    const bool more = turn.Do([&] { return page.steps->Next(page.body); });
    if (!more) page.steps.reset();
  }
  co_return true;
}

// Sends what has been made and what follows. A client that misses the end of the body learns it from the
// chunks, except with HTTP/1.0.
Awaitable<void> Router::SendInPieces(Exchange& exchange, Turn& turn, Page& page) {
  const Response head = HeadOf(page);
  turn.BeginSending();
  bool open = co_await exchange.Begin(head);
  const bool head_only = exchange.request().method == "HEAD";
  while (open && !head_only) {
    open = co_await exchange.Write(page.body);
    turn.EndSending();
    if (!open || !page.steps) break;
    page.body.clear();
    open = co_await MakePiece(exchange.connection(), turn, page);
    turn.BeginSending();
  }
  if (open) co_await exchange.End();
}

Page Router::MakePage(const PageRequest& request) const {
  if (const Route* route = RouteOf(request)) return route->maker(request);
  const Methods* methods = Find(request.path);
  if (methods == nullptr) return NotFound();
  Page page{.status = 405, .body = "405 Method Not Allowed\n"};
  for (const auto& [method, ignored] : *methods) {
    page.allow.append(page.allow.empty() ? "" : ", ").append(method == "GET" ? "GET, HEAD" : method);
  }
  return page;
}

Page Router::NotFound() {
  return {.status = 404, .body = "404 page not found\n"};
}

const Router::Route* Router::RouteOf(const PageRequest& request) const {
  const Methods* methods = Find(request.path);
  if (methods == nullptr) return nullptr;
  const auto route = methods->find(request.method);
  return route == methods->end() ? nullptr : &route->second;
}

const Router::Methods* Router::Find(std::string_view path) const {
  auto route = routes_.find(path);
  if (route == routes_.end()) route = routes_.find(path.substr(0, path.find('/', 1) + 1));
  return route == routes_.end() ? nullptr : &route->second;
}

}  // namespace k8sm::http_server
