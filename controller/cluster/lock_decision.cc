#include "controller/cluster/lock_decision.h"

#include "lib/async/notifier.h"
#include "lib/base/backoff.h"
#include "lib/base/failure_log.h"
#include "lib/client/api_path.h"
#include "lib/client/discovery.h"

#include <glog/logging.h>

#include <chrono>

namespace k8sm::controller {
namespace {

using leader::LockKind;
using std::chrono::milliseconds;

// Between two questions while the API server does not answer.
constexpr BackoffOptions kBackoff{.initial = milliseconds(200), .max = milliseconds(1'000)};

}  // namespace

Awaitable<LockKind> LockDecision::Decide() {
  if (wanted_ == ResourceLock::kLeases) co_return LockKind::kLeases;
  if (wanted_ == ResourceLock::kEndpoints) co_return LockKind::kEndpoints;
  FailureLog failures;
  Backoff backoff(kBackoff);
  for (;;) {
    const auto served = co_await client::Serves(client_, client::kLeases);
    if (served) {
      trouble_.reset();
      if (*served) co_return LockKind::kLeases;
      LOG(INFO)
          << "the API server does not serve leases (coordination.k8s.io/v1): the leader is elected on an "
             "Endpoints object";
      co_return LockKind::kEndpoints;
    }
    trouble_ = served.error();
    const auto more = failures.OnFailure(served.error(), std::chrono::steady_clock::now());
    if (more) {
      LOG(WARNING) << "cannot ask " << client_.config().Url()
                   << " whether it serves leases: " << ToString(served.error()) << "; trying again" << *more;
    }
    co_await SleepFor(backoff.Next());
  }
}

}  // namespace k8sm::controller
