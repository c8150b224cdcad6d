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
  co_await SleepFor(wait);
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    co_return Error{.code = Errc::kCanceled, .message = "canceled before it was sent"};
  co_return Result<void>();
}

std::optional<TimePoint> Origin::BoundNow(Method method, TimePoint deadline) const {
  if (method == Method::kGet || !options_.write_until) return deadline;
  const auto until = options_.write_until();
  if (!until || *until <= steady_clock::now()) return std::nullopt;
  return std::min(deadline, *until);
}

Awaitable<Result<std::unique_ptr<HttpConnection>>> Origin::Open(TimePoint deadline) {
  auto transport = co_await dialer_.Dial(std::min(deadline, steady_clock::now() + options_.connect_timeout));
  if (!transport) co_return transport.error();
  co_return std::make_unique<HttpConnection>(std::move(*transport));
}

Awaitable<Result<Answer>> Origin::Send(Request request, std::unique_ptr<HttpConnection> kept,
                                       TimePoint deadline) {
  const auto admitted = co_await Admit(deadline);
  if (!admitted) co_return admitted.error();
  const std::string text = FormatRequest(config_, request);
  auto connection = kept && kept->Reusable() ? std::move(kept) : nullptr;
  bool may_be_closed = connection != nullptr && request.method == Method::kGet;
  for (;;) {
    if (!connection) {
      auto opened = co_await Open(deadline);
      if (!opened) co_return opened.error();
      connection = std::move(*opened);
    }
    const auto bound = BoundNow(request.method, deadline);
    if (!bound)
      co_return Error{.code = Errc::kCanceled, .message = "not sent: no writes are allowed any more"};
    auto head = co_await connection->Send(text, *bound);
    if (head) {
      TellWarnings(*head);
      co_return Answer{std::move(connection), std::move(*head)};
    }
    const bool closed = head.error().code == Errc::kUnavailable && !connection->answered();
    if (!closed || !may_be_closed) co_return OutcomeUnknown(head.error(), request.method);
    may_be_closed = false;
    connection.reset();
  }
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
