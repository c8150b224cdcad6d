// Decides who may use the ops port: the API server authenticates users (TokenReview) and authorises paths
// (SubjectAccessReview), as for Kubernetes' own components.

#ifndef K8SM_CONTROLLER_ACCESS_ACCESS_GATE_H_
#define K8SM_CONTROLLER_ACCESS_ACCESS_GATE_H_

#include "controller/access/shared_reviews.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"
#include "lib/client/message/request.h"
#include "lib/http_server/message.h"
#include "lib/http_server/tls.h"
#include "lib/kube/review.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::controller {

// What a client asks for, and with which credentials.
struct AccessRequest {
  std::string method;
  std::string path;           // decoded
  std::string authorization;  // the header
  std::optional<http_server::ClientCertificate> certificate;
};

// Answers whether a request is allowed. If the API server cannot be asked, it is not.
class AccessGate {
 public:
  // Sends a request to the API server and returns the body of a 2xx response: ApiClient::Do().
  using Send = std::function<Awaitable<Result<std::string>>(client::Request request)>;

  // `open_paths`: see IsOpenPath(). Reviews run in tasks of the gate; `on_failure` is told of bugs in them.
  AccessGate(asio::any_io_executor executor, std::vector<std::string> open_paths, Send send,
             TaskGroup::FailureHandler on_failure);

  // Returns nullopt if the request is allowed, else the response, with a Status as body:
  // - 401 if the credentials are invalid, or cannot be checked because the API server cannot be asked;
  // - 403 if the user lacks the permission; the message names user, verb and path;
  // - 429 if this client was not admitted lately and too many such are being asked about (SharedReviews);
  // - 500 if the permission cannot be checked.
  // Each of these is logged from -v=2 on, with the reason, but no text of a token. A client certificate takes
  // precedence over a token. Returns soon, with any response, once the asker has left. May be called
  // concurrently.
  Awaitable<std::optional<http_server::Response>> Check(AccessRequest request, Asker asker);

  // Cancels reviews in progress and returns when they have ended. Nobody may wait in Check() any more.
  Awaitable<void> Stop();

 private:
  Awaitable<Result<std::optional<kube::UserInfo>>> Authenticate(const AccessRequest& request,
                                                                const Asker& asker);
  Awaitable<Result<kube::ReviewStatus>> ReviewToken(std::string body);
  Awaitable<Result<kube::ReviewStatus>> ReviewAccess(std::string body);
  // Logs that the API server was not asked, or has not answered. Returns the response: `usual`, or 429.
  http_server::Response RefuseUnasked(std::string_view path, const Error& error, http_server::Response usual);

  const std::vector<std::string> open_paths_;
  const Send send_;
  FailureLog token_failures_;
  FailureLog access_failures_;
  LineBudget crowds_;
  TaskGroup tasks_;
  SharedReviews token_reviews_;
  SharedReviews access_reviews_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_ACCESS_ACCESS_GATE_H_
