#include "controller/ops/ops_session.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/system/error_code.hpp>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace k8sm::controller {
namespace {

namespace http = boost::beast::http;
namespace urls = boost::urls;
using boost::system::error_code;
using Request = http::request<http::string_body>;

constexpr std::size_t kMaxHeader = 16 << 10;
constexpr std::size_t kMaxBody = 64 << 10;
constexpr std::size_t kReadSize = 4 << 10;
// How long a client may take to close its side, once it has been told all that it will be.
constexpr std::chrono::milliseconds kLingerTime{1000};

// Those that wait for a page that rests for less do not look for it all the time.
constexpr std::chrono::milliseconds kShortestWait{20};

// What ReadRequest() gives instead of a status to refuse the request with.
constexpr unsigned kGone = 0;  // nobody is there to be answered
constexpr unsigned kOk = 200;

constexpr unsigned kBusy = 503;

std::string Reason(unsigned status) {
  return std::string(http::obsolete_reason(http::int_to_status(status)));
}

OpsPage Refusal(unsigned status) {
  return {.status = status, .body = std::to_string(status) + " " + Reason(status) + "\n", .allow = ""};
}

// Ends the connection, so that nobody is told so over and over.
OpsPage Busy() {
  return {.status = kBusy, .body = "too many ask for this page: ask again in a moment\n", .allow = ""};
}

// How to answer a request that could not be read.
unsigned StatusFor(const error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

// Nothing where it is no request that this server could answer.
std::optional<OpsRequest> RequestOf(const Request& request) {
  // RFC 9112, 3.2: since HTTP/1.1 a request names the host that it means, once, even to a server that has but
  // one.
  const std::size_t hosts = request.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && request.version() >= 11)) return std::nullopt;
  const auto target = request.target();
  const auto url = target.starts_with('/') ? urls::parse_origin_form(target) : urls::parse_uri(target);
  if (!url) return std::nullopt;
  OpsRequest asked{.method = std::string(request.method_string()),
                   .path = url->path(),
                   .query = {},
                   .accept = std::string(request[http::field::accept]),
                   .body = request.body()};
  if (asked.method == "HEAD") asked.method = "GET";
  const urls::encoding_opts plus_is_space(true);
  for (const auto& param : url->params(plus_is_space)) asked.query.emplace_back(param.key, param.value);
  return asked;
}

std::string HeadOf(const OpsPage& page, unsigned version, bool keep_alive) {
  std::string head = version >= 11 ? "HTTP/1.1 " : "HTTP/1.0 ";
  head.append(std::to_string(page.status)).append(" ").append(Reason(page.status)).append("\r\n");
  head.append("Content-Type: ").append(page.content_type).append("\r\n");
  head.append("X-Content-Type-Options: nosniff\r\n");
  if (!page.allow.empty()) head.append("Allow: ").append(page.allow).append("\r\n");
  if (version >= 11 && !keep_alive) head.append("Connection: close\r\n");
  if (version < 11 && keep_alive) head.append("Connection: keep-alive\r\n");
  head.append("Content-Length: ").append(std::to_string(page.body.size())).append("\r\n\r\n");
  return head;
}

}  // namespace

struct OpsSession::Exchange {
  Exchange() {
    parser.header_limit(kMaxHeader);
    parser.body_limit(kMaxBody);
    parser.eager(true);
  }
  // Whether the client waits to be told that it may send the body.
  bool ExpectsContinue() const {
    const Request& request = parser.get();
    return parser.is_header_done() && !parser.is_done() && request.version() >= 11 &&
           boost::beast::iequals(request[http::field::expect], "100-continue");
  }

  http::request_parser<http::string_body> parser;
};

OpsSession::OpsSession(asio::any_io_executor executor, std::unique_ptr<OpsStream> stream,
                       const OpsRouter& router, OpsSessionLimits limits, OpsSessionHooks hooks)
    : stream_(std::move(stream)),
      router_(router),
      limits_(limits),
      hooks_(std::move(hooks)),
      on_close_(std::move(executor)) {}

void OpsSession::Close() {
  closed_ = true;
  stream_->Close();
  on_close_.Notify();
}

Awaitable<void> OpsSession::Run() {
  stream_->ExpireAfter(limits_.request_time);
  const bool open = co_await stream_->Handshake();
  if (!open) co_return;
  for (;;) {
    const bool asked = co_await WaitForRequest();
    if (!asked) break;
    const bool goes_on = co_await AnswerRequest();
    if (!goes_on) break;
    hooks_.on_answered();
  }
  co_await HangUp();
}

// Returns whether a request has begun to arrive.
Awaitable<bool> OpsSession::WaitForRequest() {
  if (!arrived_.empty()) co_return true;
  stream_->ExpireAfter(limits_.idle_time);
  co_return co_await ReadMore();
}

Awaitable<bool> OpsSession::ReadMore() {
  std::array<char, kReadSize> piece;
  const std::size_t size = co_await stream_->ReadSome(asio::buffer(piece));
  arrived_.append(piece.data(), size);
  co_return size > 0;
}

// Returns whether the connection may carry another request.
Awaitable<bool> OpsSession::AnswerRequest() {
  stream_->ExpireAfter(limits_.request_time);
  Exchange exchange;
  const unsigned status = co_await ReadRequest(exchange);
  if (status == kGone) co_return false;
  const Request& request = exchange.parser.get();
  const auto asked = status == kOk ? RequestOf(request) : std::nullopt;
  std::optional<OpsPage> page;
  if (asked) {
    page = co_await PageFor(*asked);
    if (!page) co_return false;
  } else {
    page = Refusal(status == kOk ? 400 : status);
  }
  const bool keep_alive = asked && request.keep_alive() && page->status != kBusy;
  const std::string head = HeadOf(*page, status == kOk ? request.version() : 11, keep_alive);
  // The head of an answer to HEAD tells of the body that is not sent.
  const bool with_body = request.method() != http::verb::head || status != kOk;
  const std::string answer = with_body ? std::move(page->body.insert(0, head)) : head;
  unsent_ = answer.size();
  const bool written = co_await stream_->Write(answer);
  unsent_ = 0;
  co_return written&& keep_alive;
}

// Gives nothing where the connection has been closed before the page was made.
Awaitable<std::optional<OpsPage>> OpsSession::PageFor(const OpsRequest& request) {
  const auto give_up = PagePace::Clock::now() + limits_.turn_time;
  for (;;) {
    co_await hooks_.make_room();
    if (closed_) co_return std::nullopt;
    const auto rest = router_.Rest(request);
    if (rest == rest.zero()) co_return router_.Answer(request);
    const auto now = PagePace::Clock::now();
    if (now >= give_up) co_return Busy();
    co_await on_close_.WaitUntil(
        std::min(now + std::max<PagePace::Clock::duration>(rest, kShortestWait), give_up));
  }
}

// Gives kOk, kGone, or the status to refuse what has arrived with.
Awaitable<unsigned> OpsSession::ReadRequest(Exchange& exchange) {
  bool told_to_continue = false;
  for (;;) {
    if (!arrived_.empty()) {
      error_code error;
      const std::size_t used =
          exchange.parser.put(asio::const_buffer(arrived_.data(), arrived_.size()), error);
      arrived_.erase(0, used);
      if (error && error != http::error::need_more) co_return StatusFor(error);
      if (exchange.parser.is_done()) co_return kOk;
    }
    if (!told_to_continue && exchange.ExpectsContinue()) {
      told_to_continue = true;
      const bool told = co_await stream_->Write("HTTP/1.1 100 Continue\r\n\r\n");
      if (!told) co_return kGone;
    }
    const bool more = co_await ReadMore();
    if (!more) co_return kGone;
  }
}

// Ends a connection after its last answer. Closing a socket with unread bytes in it would make the peer
// forget what it has not read yet, so the rest of what it sends is thrown away first, within reason.
Awaitable<void> OpsSession::HangUp() {
  stream_->ExpireAfter(kLingerTime);
  const bool may_send = co_await stream_->FinishSending();
  if (!may_send) co_return;
  std::array<char, kReadSize> piece;
  for (std::size_t discarded = 0; discarded < kMaxBody;) {
    const std::size_t size = co_await stream_->ReadSome(asio::buffer(piece));
    if (size == 0) break;
    discarded += size;
  }
}

}  // namespace k8sm::controller
