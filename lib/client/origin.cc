#include "lib/client/origin.h"

#include "lib/async/cancelled.h"
#include "lib/async/notifier.h"
#include "lib/base/printable.h"
#include "lib/client/request_observer.h"

#include <glog/logging.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace k8sm::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Maximum size of the body of a refusal, a Status object.
constexpr std::size_t kMaxRefusal = 64 << 10;
// Bounds the memory if a server never repeats a warning.
constexpr std::size_t kMaxWarnings = 1000;
// Maximum idle time of a connection that is reused. Load balancers and NAT drop connections after some
// minutes without traffic, and servers close idle ones; a write should not run into that.
constexpr std::chrono::seconds kLongestRest{30};
// Maximum length of a request's path and query in the log.
constexpr std::size_t kMaxTarget = 400;

bool IsLoss(const Error& error) {
  return error.code == Errc::kTimeout || error.code == Errc::kUnavailable;
}

Error NotAllowed() {
  return {.code = Errc::kNotLeading, .message = "not sent: the lease may have run out"};
}

}  // namespace

Origin::Origin(asio::any_io_executor executor, RestConfig config, ClientOptions options,
               std::unique_ptr<Credentials> credentials, Now now)
    : config_(std::move(config)),
      options_(std::move(options)),
      credentials_(std::move(credentials)),
      now_(std::move(now)),
      dialer_(std::move(executor), config_),
      bucket_(options_.qps, options_.burst) {}

Result<std::shared_ptr<Origin>> Origin::Create(asio::any_io_executor executor, RestConfig config,
                                               ClientOptions options, Now now) {
  auto credentials = Credentials::Create(executor, config, options.on_exec_plugin_call);
  if (!credentials) return credentials.error();
  return std::shared_ptr<Origin>(new Origin(std::move(executor), std::move(config), std::move(options),
                                            std::move(*credentials), std::move(now)));
}

Awaitable<Result<void>> Origin::Admit(Method method, TimePoint deadline) {
  const auto now = steady_clock::now();
  const auto wait = std::chrono::ceil<milliseconds>(bucket_.Reserve(now));
  if (options_.observer != nullptr) options_.observer->OnAdmitted(method, wait);
  if (wait == milliseconds(0)) co_return Result<void>();
  if (now + wait > deadline) {
    bucket_.GiveBack();
    co_return Error{.code = Errc::kTimeout, .message = "too many requests wait for our own rate limit"};
  }
  const auto waited = co_await Wait(wait);
  if (!waited) bucket_.GiveBack();
  co_return waited;
}

Awaitable<Result<void>> Origin::Wait(milliseconds duration) {
  co_await SleepFor(duration);
  const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
  if (cancelled) co_return Error{.code = Errc::kCanceled, .message = "canceled before it was sent"};
  co_return Result<void>();
}

std::optional<TimePoint> Origin::BoundNow(Method method, TimePoint deadline) const {
  if (method == Method::kGet || !options_.write_until) return deadline;
  const auto until = options_.write_until();
  if (!until || *until <= steady_clock::now()) return std::nullopt;
  return std::min(deadline, *until);
}

Awaitable<Result<std::unique_ptr<HttpConnection>>> Origin::Open(TimePoint deadline) {
  const auto epoch = epoch_;
  auto transport = co_await dialer_.Dial(credentials_->tls(),
                                         std::min(deadline, steady_clock::now() + options_.connect_timeout));
  if (!transport) co_return transport.error();
  co_return std::make_unique<HttpConnection>(std::move(*transport), epoch);
}

Awaitable<Result<Answer>> Origin::Send(Request request, std::unique_ptr<HttpConnection> kept,
                                       milliseconds patience, TimePoint deadline, bool again) {
  const auto shown = co_await Show(deadline);
  if (!shown) {
    bucket_.GiveBack();
    co_return shown.error();
  }
  const bool accept_gzip =
      !config_.disable_compression && !options_.disable_compression && MayCompress(request);
  const std::string text = FormatRequest(config_, request, {shown->authorization, accept_gzip});
  auto connection = kept && Usable(*kept) && kept->Quiet() ? std::move(kept) : nullptr;
  for (;; again = true) {
    const TimePoint start = steady_clock::now();
    const bool is_kept = connection != nullptr;
    if (!BoundNow(request.method, deadline)) {
      bucket_.GiveBack();
      co_return NotAllowed();
    }
    if (!is_kept) {
      auto opened = co_await Open(deadline);
      if (!opened) {
        if (IsLoss(opened.error())) ++epoch_;
        Note(request, opened.error(), {start, again});
        co_return opened.error();
      }
      connection = std::move(*opened);
    }
    const TimePoint begin = steady_clock::now();
    const auto bound = BoundNow(request.method, std::min(begin + patience, deadline));
    if (!bound) {
      bucket_.GiveBack();
      co_return NotAllowed();
    }
    auto head = co_await Attempt(*connection, text, *bound);
    Note(request, head, {start, again});
    if (head) {
      credentials_->OnAnswer(*shown, head->status);
      co_return Answer{std::move(connection), std::move(*head), begin};
    }
    const bool closed = head.error().code == Errc::kUnavailable && !connection->answered();
    const bool may_repeat = request.method == Method::kGet || !head.error().sent;
    if (!is_kept || !closed || !may_repeat) co_return WithOutcome(head.error(), request.method);
    connection.reset();
  }
}

// All requests are sent here, so this is where their responses and failures are recorded.
Awaitable<Result<ResponseHead>> Origin::Attempt(HttpConnection& connection, std::string_view text,
                                                TimePoint deadline) {
  auto head = co_await connection.Send(text, deadline);
  if (head) {
    TellWarnings(*head);
  } else {
    NoteLoss(connection, head.error());
  }
  co_return head;
}

// Logs no headers and no body: "GET /api/v1/pods?limit=500: 200 in 12 ms". The time is that until the head of
// the response.
void Origin::Note(const Request& request, const Result<ResponseHead>& head, AttemptMark mark) {
  VLOG(6) << ToString(request.method) << " " << Printable(request.target, kMaxTarget) << ": "
          << (head ? std::to_string(head->status) : std::string(ToString(head.error().code))) << " in "
          << std::chrono::duration_cast<milliseconds>(steady_clock::now() - mark.start).count() << " ms";
  const bool canceled = !head && head.error().code == Errc::kCanceled;
  if (options_.observer == nullptr || canceled) return;
  options_.observer->OnAttempt(request.method, head ? head->status : 0, mark.again);
}

bool Origin::Usable(const HttpConnection& connection) const {
  return connection.epoch() == epoch_ && now_() - connection.heard() <= kLongestRest && connection.Reusable();
}

void Origin::NoteLoss(const HttpConnection& connection, const Error& error) {
  if (!IsLoss(error)) return;
  ++epoch_;
  dialer_.OnFailed(connection.peer());
}

Awaitable<Result<Credentials::Shown>> Origin::Show(TimePoint deadline) {
  auto shown = co_await credentials_->Get(deadline);
  const auto generation = credentials_->generation();
  if (std::exchange(generation_, generation) != generation) {
    ++epoch_;
    if (on_rotation_) on_rotation_();
  }
  co_return shown;
}

Awaitable<Error> Origin::ReadRefusal(Answer& answer, TimePoint deadline) {
  std::string body;
  const auto read = co_await answer.connection->ReadAll(body, kMaxRefusal, deadline);
  if (!read && read.error().code == Errc::kCanceled) co_return read.error();
  // Whatever else is wrong with the body, the status says that the request was refused.
  Error refusal = ClassifyRefusal(answer.head, body);
  if (refusal.code == Errc::kUnauthorized) refusal.message += "; " + credentials_->DescribeRefusal();
  co_return refusal;
}

void Origin::TellWarnings(const ResponseHead& head) {
  if (!options_.on_warning) return;
  for (const std::string& text : head.warnings) {
    if (warnings_.size() < kMaxWarnings && warnings_.insert(text).second) options_.on_warning(text);
  }
}

}  // namespace k8sm::client
