#include "controller/cluster/slices_decision.h"

#include "lib/async/notifier.h"
#include "lib/base/backoff.h"
#include "lib/base/failure_log.h"
#include "lib/client/api_path.h"
#include "lib/client/discovery.h"

#include <glog/logging.h>

#include <chrono>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;

// Between two questions while the API server does not answer.
constexpr BackoffOptions kBackoff{.initial = milliseconds(200), .max = milliseconds(1'000)};

}  // namespace

Awaitable<Result<bool>> SlicesDecision::Decide() {
  if (wanted_ == EndpointSlices::kOff) co_return false;
  FailureLog failures;
  Backoff backoff(kBackoff);
  for (;;) {
    const auto served = co_await client::Serves(client_, client::kEndpointSlices);
    if (!served) {
      trouble_ = served.error();
      const auto more = failures.OnFailure(served.error(), std::chrono::steady_clock::now());
      if (more) {
        LOG(WARNING) << "cannot ask " << client_.config().Url()
                     << " whether it serves EndpointSlices: " << ToString(served.error()) << "; trying again"
                     << *more;
      }
      co_await SleepFor(backoff.Next());
      continue;
    }
    trouble_.reset();
    if (*served) co_return true;
    if (wanted_ == EndpointSlices::kAuto) {
      LOG(INFO) << "the API server does not serve discovery.k8s.io/v1: Endpoints are written, EndpointSlices "
                   "are not";
      co_return false;
    }
    co_return Error{
        .code = Errc::kInvalidConfig,
        .message = "-endpoint_slices is on, and the API server does not serve discovery.k8s.io/v1"};
  }
}

}  // namespace k8sm::controller
