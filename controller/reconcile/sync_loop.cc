#include "controller/reconcile/sync_loop.h"

#include "lib/async/cancelled.h"
#include "lib/base/count.h"

#include <boost/asio/post.hpp>
#include <glog/logging.h>

#include <algorithm>
#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

using kube::ObjectKey;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Conflicts are expected to be resolved after this many tries, within 5 s, even if a cache has to be listed
// again; then they are logged as failures.
constexpr std::size_t kRaceTries = 11;
// How many syncs are started before other handlers get their turn.
constexpr std::size_t kSyncsInOneGo = 10;

// Whether the failure is expected in normal operation: the cache was behind and will catch up.
bool IsRace(const Error& error) {
  return error.code == Errc::kConflict || error.code == Errc::kAlreadyExists || error.code == Errc::kNotFound;
}

// Whether the namespace is being deleted: nothing can be created in it, and its objects are deleted with it.
bool IsNamespaceGoing(const Error& error) {
  return error.code == Errc::kForbidden && error.cause == "NamespaceTerminating";
}

// Returns e.g. "service shop/web".
std::string Name(const ObjectKey& key) {
  return "service " + ToString(key);
}

}  // namespace

SyncLoop::SyncLoop(asio::any_io_executor executor, SyncLoopOptions options, SyncFunction sync,
                   TaskGroup::FailureHandler on_failure)
    : options_(std::move(options)),
      sync_(std::move(sync)),
      syncs_(executor, std::move(on_failure)),
      wake_(executor),
      tried_(executor) {}

void SyncLoop::SetObserver(SyncObserver* observer) {
  observer_ = observer;
  queue_.SetObserver(observer);
}

void SyncLoop::Wake() {
  if (!woken_) woken_ = steady_clock::now();
  wake_.Notify();
}

std::optional<steady_clock::duration> SyncLoop::Overdue(steady_clock::time_point now) const {
  const bool busy = queue_.processing() >= options_.concurrency;
  if (!running_ || busy) return std::nullopt;
  // When Run() has been notified it is overdue since then, otherwise since the next key was due.
  const auto since = woken_ ? woken_ : queue_.NextDue();
  return since && *since <= now ? std::optional(now - *since) : std::nullopt;
}

void SyncLoop::Add(const ObjectKey& key) {
  queue_.Add(key, steady_clock::now());
  Wake();
}

void SyncLoop::AddAfter(const ObjectKey& key, milliseconds delay) {
  queue_.AddAfter(key, delay, steady_clock::now());
  Wake();
}

Awaitable<void> SyncLoop::Run() {
  running_ = true;
  for (;;) {
    for (std::size_t started = 1; queue_.processing() < options_.concurrency; ++started) {
      const auto key = queue_.Get(steady_clock::now());
      if (!key) break;
      syncs_.Spawn("sync of " + Name(*key), Process(*key));
      // Syncs that have nothing to write end at once. Others must get their turn, and what is left of the
      // ended ones must be freed.
      if (started % kSyncsInOneGo != 0) continue;
      co_await asio::post(asio::use_awaitable);
      const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
      if (cancelled) co_return;
    }
    if (Tried()) tried_.Notify();
    const bool busy = queue_.processing() >= options_.concurrency;
    const auto due = busy ? std::nullopt : queue_.NextDue();
    // Syncs that ended synchronously have notified it, but their keys were handled above.
    woken_.reset();
    co_await wake_.WaitUntil(due.value_or(steady_clock::time_point::max()));
  }
}

Awaitable<void> SyncLoop::WaitUntilIdle() {
  while (!Idle()) co_await tried_.Wait();
}

Awaitable<void> SyncLoop::WaitUntilTried() {
  while (!Tried()) co_await tried_.Wait();
}

Awaitable<bool> SyncLoop::Drain(steady_clock::time_point deadline) {
  const bool ended = co_await syncs_.JoinUntil(deadline);
  if (ended) co_return true;
  LOG(WARNING) << "abandoning " << Count(queue_.processing(), "sync") << " whose requests are not answered";
  syncs_.Cancel();
  // Cancelled operations end at once; the limit guards against one that does not.
  co_await syncs_.JoinUntil(deadline + milliseconds(200));
  co_return false;
}

Awaitable<void> SyncLoop::Process(ObjectKey key) {
  const auto start = steady_clock::now();
  const auto result = co_await sync_(key);
  Observe(result, steady_clock::now() - start);
  Finish(key, result);
}

void SyncLoop::Observe(const Result<SyncResult>& result, steady_clock::duration took) {
  if (observer_ == nullptr) return;
  if (result || IsNamespaceGoing(result.error())) return observer_->OnSynced(SyncOutcome::kSuccess, took);
  if (result.error().code == Errc::kCanceled || result.error().code == Errc::kNotLeading) return;
  observer_->OnSynced(IsRace(result.error()) ? SyncOutcome::kStale : SyncOutcome::kError, took);
}

void SyncLoop::Finish(const ObjectKey& key, const Result<SyncResult>& result) {
  if (result && result->requeue_after.count() > 0) {
    // It was put off, which says nothing about whether it works.
    queue_.AddAfter(key, result->requeue_after, steady_clock::now());
  } else if (result || IsNamespaceGoing(result.error())) {
    queue_.Forget(key);
    failing_.Forget(key);
    if (!result) {
      VLOG(2) << "not synced " << Name(key) << ": " << ToString(result.error());
      failures_.Forget(ToString(key));
    } else if (failures_.failing() > 0) {
      const auto more = failures_.OnSuccess(ToString(key), steady_clock::now());
      if (more && result->gone) {
        LOG(INFO) << Name(key) << ", which could not be synced, is gone" << *more;
      } else if (more) {
        LOG(INFO) << "syncing " << Name(key) << " works again" << *more;
      }
    }
  } else if (result.error().code == Errc::kNotLeading) {
    // The lease renewal is late but may still succeed, so the key must be kept.
    VLOG(2) << "not synced " << Name(key) << ": " << ToString(result.error()) << "; trying again";
    queue_.AddRateLimited(key, steady_clock::now());
  } else if (result.error().code != Errc::kCanceled) {
    Retry(key, result.error());
  }
  queue_.Done(key, steady_clock::now());
  Wake();
}

void SyncLoop::Retry(const ObjectKey& key, const Error& error) {
  const auto failures = static_cast<std::size_t>(queue_.NumRequeues(key)) + 1;
  const std::string text = "cannot sync " + Name(key) + ": " + ToString(error);
  if (options_.max_tries && failures >= *options_.max_tries) {
    const auto more = given_up_.Take(steady_clock::now());
    if (more) LOG(ERROR) << text << "; given up after " << failures << " tries" << *more;
    queue_.Forget(key);
    failures_.Forget(ToString(key));
    failing_.Forget(key);
    ++failed_;
    return;
  }
  const bool is_trouble = !IsRace(error) || failures >= kRaceTries;
  if (is_trouble) failing_.OnFailure(key, ToString(error), steady_clock::now());
  const auto more =
      is_trouble ? failures_.OnFailure(ToString(key), error, steady_clock::now()) : std::nullopt;
  if (more) {
    LOG(WARNING) << text << "; trying again" << *more;
  } else {
    VLOG(2) << text << "; trying again, failure " << failures;
  }
  queue_.AddRateLimited(key, steady_clock::now(), error.retry_after.value_or(std::chrono::seconds(0)));
}

}  // namespace k8sm::controller
