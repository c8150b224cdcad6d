// Whether a coroutine has been cancelled.

#ifndef K8SM_LIB_ASYNC_CANCELLED_H_
#define K8SM_LIB_ASYNC_CANCELLED_H_

#include "lib/async/token.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>

namespace k8sm {

// Whether the coroutine of this state has been cancelled:
//
//   const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
//
// For coroutines that wait in a way that does not report it, such as Notifier::Wait(). Not a coroutine
// itself: to await one throws if the caller has been cancelled, unless it has called
// throw_if_cancelled(false).
inline bool IsCancelled(const asio::cancellation_state& state) {
  return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace k8sm

#endif  // K8SM_LIB_ASYNC_CANCELLED_H_
