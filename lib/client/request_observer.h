// Observes requests to the API server, for metrics.

#ifndef K8SM_LIB_CLIENT_REQUEST_OBSERVER_H_
#define K8SM_LIB_CLIENT_REQUEST_OBSERVER_H_

#include "lib/client/message/request.h"

#include <chrono>
#include <cstddef>

namespace k8sm::client {

// Called synchronously on each event; must not call the client.
class RequestObserver {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // A request passed the client's rate limit after waiting for `waited`.
  virtual void OnAdmitted(Method method, Duration waited) = 0;

  // An attempt ended with this HTTP status; 0 if there was no response. `again`: the attempt is a retry.
  virtual void OnAttempt(Method method, int status, bool again) = 0;

  // A request ended, with all its attempts, successfully or not, after `took`. Not called for watches, whose
  // duration is chosen by the client.
  virtual void OnEnd(Method method, Duration took) = 0;

  // Sizes of bodies in bytes: of a request, and of a response that was received completely.
  virtual void OnRequestSize(Method method, std::size_t bytes) = 0;
  virtual void OnResponseSize(Method method, std::size_t bytes) = 0;

 protected:
  ~RequestObserver() = default;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_REQUEST_OBSERVER_H_
