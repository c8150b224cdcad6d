#include "lib/client/origin.h"

#include "lib/async/notifier.h"

#include <boost/asio/cancellation_type.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace k8sm::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Of a refusal's body, a Status object.
constexpr std::size_t kMaxRefusal = 64 << 10;
// A server that never repeats itself must not make us hoard its words.
constexpr std::size_t kMaxWarnings = 1000;
// How long a connection may have been at rest when it is used again. Balancers and address translators forget
// connections after some minutes without a word, and servers close theirs, which a write should not meet.
constexpr std::chrono::seconds kLongestRest{30};

}  // namespace

Origin::Origin(RestConfig config, ClientOptions options, Dialer dialer)
    : config_(std::move(config)),
      options_(std::move(options)),
      dialer_(std::move(dialer)),
      bucket_(options_.qps, options_.burst) {}

Result<std::shared_ptr<Origin>> Origin::Create(asio::any_io_executor executor, RestConfig config,
                                               ClientOptions options) {
  auto dialer = Dialer::Create(std::move(executor), config);
  if (!dialer) return dialer.error();
  return std::shared_ptr<Origin>(new Origin(std::move(config), std::move(options), std::move(*dialer)));
}

Awaitable<Result<void>> Origin::Admit(TimePoint deadline) {
  const auto now = steady_clock::now();
  const auto wait = std::chrono::ceil<milliseconds>(bucket_.Reserve(now));
  if (wait == milliseconds(0)) co_return Result<void>();
  if (now + wait > deadline) {
    bucket_.GiveBack();
    co_return Error{.code = Errc::kTimeout, .message = "too many requests wait for our own rate limit"};
  }
  co_return co_await Wait(wait);
}

Awaitable<Result<void>> Origin::Wait(milliseconds duration) {
  co_await SleepFor(duration);
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    co_return Error{.code = Errc::kCanceled, .message = "canceled before it was sent"};
  co_return Result<void>();
}

Awaitable<Result<std::unique_ptr<HttpConnection>>> Origin::Open(TimePoint deadline) {
  auto transport = co_await dialer_.Dial(std::min(deadline, steady_clock::now() + options_.connect_timeout));
  if (!transport) co_return transport.error();
  co_return std::make_unique<HttpConnection>(std::move(*transport), epoch_);
}

Awaitable<Result<Answer>> Origin::Send(Request request, std::unique_ptr<HttpConnection> kept,
                                       milliseconds patience, TimePoint deadline) {
  const std::string text = FormatRequest(config_, request);
  auto connection = kept && Usable(*kept) ? std::move(kept) : nullptr;
  for (;;) {
    const bool is_kept = connection != nullptr;
    if (!is_kept) {
      auto opened = co_await Open(deadline);
      if (!opened) {
        NoteLoss(opened.error());
        co_return opened.error();
      }
      connection = std::move(*opened);
    }
    const TimePoint begin = steady_clock::now();
    auto head = co_await Attempt(*connection, text, std::min(begin + patience, deadline));
    if (head) co_return Answer{std::move(connection), std::move(*head), begin};
    const bool closed = head.error().code == Errc::kUnavailable && !connection->answered();
    const bool may_repeat = request.method == Method::kGet || !head.error().sent;
    if (!is_kept || !closed || !may_repeat) co_return WithOutcome(head.error(), request.method);
    connection.reset();
  }
}

// The one place where a request leaves, and where its answer, or the loss of it, is first known.
Awaitable<Result<ResponseHead>> Origin::Attempt(HttpConnection& connection, std::string_view text,
                                                TimePoint deadline) {
  auto head = co_await connection.Send(text, deadline);
  if (head) {
    TellWarnings(*head);
  } else {
    NoteLoss(head.error());
  }
  co_return head;
}

bool Origin::Usable(const HttpConnection& connection) const {
  return connection.epoch() == epoch_ && steady_clock::now() - connection.heard() <= kLongestRest &&
         connection.Reusable();
}

void Origin::NoteLoss(const Error& error) {
  if (error.code == Errc::kTimeout || error.code == Errc::kUnavailable) ++epoch_;
}

Awaitable<Error> Origin::ReadRefusal(Answer& answer, TimePoint deadline) {
  std::string body;
  const auto read = co_await answer.connection->ReadAll(body, kMaxRefusal, deadline);
  if (!read && read.error().code == Errc::kCanceled) co_return read.error();
  // What else may go wrong with the body, the status has said no.
  co_return ClassifyRefusal(answer.head, body);
}

void Origin::TellWarnings(const ResponseHead& head) {
  if (!options_.on_warning) return;
  for (const std::string& text : head.warnings) {
    if (warnings_.size() < kMaxWarnings && warnings_.insert(text).second) options_.on_warning(text);
  }
}

}  // namespace k8sm::client
