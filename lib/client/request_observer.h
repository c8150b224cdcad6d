// Who wants to know what is sent to the API server and what becomes of it.

#ifndef K8SM_LIB_CLIENT_REQUEST_OBSERVER_H_
#define K8SM_LIB_CLIENT_REQUEST_OBSERVER_H_

#include "lib/client/request.h"

#include <chrono>
#include <cstddef>

namespace k8sm::client {

// Told of each event while it happens; must not call the client.
class RequestObserver {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // A request may be sent, after it has waited so long for our own rate limit.
  virtual void OnAdmitted(Method method, Duration waited) = 0;

  // A request was sent, or could not be: the status of its answer, 0 where there is none. `again`: the same
  // request was sent before.
  virtual void OnAttempt(Method method, int status, bool again) = 0;

  // A request has ended with all its attempts, well or not, in so much time. Watches are not told of: they
  // take as long as they are asked to.
  virtual void OnEnd(Method method, Duration took) = 0;

  // The sizes of bodies, without the head: of a request, and of its answer where it has arrived whole.
  virtual void OnRequestSize(Method method, std::size_t bytes) = 0;
  virtual void OnResponseSize(Method method, std::size_t bytes) = 0;

 protected:
  ~RequestObserver() = default;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_REQUEST_OBSERVER_H_
