#include "lib/http_server/router.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace k8sm::http_server {
namespace {

using Clock = PagePace::Clock;

// Minimum time between two checks by a client that waits for a page.
constexpr std::chrono::milliseconds kShortestWait{20};

Page BadRequest() {
  return {.status = 400, .body = "400 Bad Request\n"};
}

Page Busy() {
  return {.status = 503, .body = "too many requests for this page, try again in a moment\n"};
}

Response ToResponse(Page page) {
  Response response{.status = page.status,
                    .headers = {{"Content-Type", std::string(page.content_type)},
                                {"Cache-Control", "no-store"},
                                {"X-Content-Type-Options", "nosniff"}},
                    .body = std::move(page.body)};
  if (!page.allow.empty()) response.headers.emplace_back("Allow", std::move(page.allow));
  return response;
}

}  // namespace

// One client's right to have a page created, and the time spent on it.
class Router::Turn {
 public:
  // `pacing` may be null.
  Turn(std::shared_ptr<Pacing> pacing, const Now& now) : pacing_(std::move(pacing)), now_(now) {
    if (pacing_) pacing_->making = true;
  }
  ~Turn() {
    if (!pacing_) return;
    pacing_->making = false;
    pacing_->pace.Made(end_, spent_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // Runs part of the work. Work that throws is not counted.
  template <class Work>
  auto Do(Work work) {
    const auto start = now_();
    auto result = work();
    end_ = now_();
    spent_ += end_ - start;
    return result;
  }

 private:
  const std::shared_ptr<Pacing> pacing_;
  const Now& now_;
  Clock::time_point end_{};
  Clock::duration spent_{0};
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
  Page page = BadRequest();
  if (request) {
    const Route* route = RouteOf(*request);
    const std::shared_ptr<Pacing> pacing = route == nullptr ? nullptr : route->pacing;
    const Wait wait = co_await WaitForTurn(exchange, pacing.get());
    if (wait == Wait::kClosed) co_return;
    if (wait == Wait::kBusy) {
      page = Busy();
    } else {
      const bool made = co_await MakeWhole(exchange, *request, pacing, page);
      if (!made) co_return;
    }
  }
  // Closes the connection, so that the client does not repeat the request immediately.
  if (page.status == 400 && !request) exchange.CloseAfterwards();
  if (page.status == 503) exchange.CloseAfterwards();
  Response response = ToResponse(std::move(page));
  co_await exchange.Send(std::move(response));
}

// `pacing` may be null.
Awaitable<Router::Wait> Router::WaitForTurn(Exchange& exchange, const Pacing* pacing) const {
  const auto give_up = Clock::now() + turn_time_;
  for (;;) {
    const bool open = co_await exchange.MakeRoom();
    if (!open) co_return Wait::kClosed;
    if (pacing == nullptr) co_return Wait::kDone;
    const auto rest = pacing->pace.Rest(now_());
    if (!pacing->making && rest == rest.zero()) co_return Wait::kDone;
    const auto now = Clock::now();
    if (now >= give_up) co_return Wait::kBusy;
    co_await exchange.connection().wake().WaitUntil(
        std::min(now + std::max<Clock::duration>(rest, kShortestWait), give_up));
  }
}

// Returns false if the connection has been closed meanwhile. The text is completed before it is sent, so that
// a slow client does not hold up others.
Awaitable<bool> Router::MakeWhole(Exchange& exchange, const PageRequest& request,
                                  std::shared_ptr<Pacing> pacing, Page& page) const {
  Turn turn(std::move(pacing), now_);
  page = turn.Do([&] { return MakePage(request); });
  while (page.steps) {
    co_await asio::post(exchange.connection().executor(), asio::use_awaitable);
    if (exchange.connection().closed()) co_return false;
    const bool more = turn.Do([&] { return page.steps->Next(page.body); });
    if (!more) page.steps.reset();
  }
  co_return true;
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
