#include "controller/access/access_gate.h"

#include "controller/access/access_rules.h"
#include "lib/base/printable.h"
#include "lib/base/utf8.h"
#include "lib/kube_json/review.h"

#include <glog/logging.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace k8sm::controller {
namespace {

using http_server::Response;

constexpr std::string_view kTokenReviews = "/apis/authentication.k8s.io/v1/tokenreviews";
constexpr std::string_view kAccessReviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

Response Refusal(unsigned status, std::string_view reason, std::string_view message) {
  Response response{.status = status,
                    .headers = {{"Content-Type", "application/json"},
                                {"Cache-Control", "no-store"},
                                {"X-Content-Type-Options", "nosniff"}},
                    .body = kube_json::EncodeFailure(static_cast<int>(status), reason, message) + "\n"};
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

std::string DescribeDenial(const kube::UserInfo& user, std::string_view verb, std::string_view path,
                           std::string_view reason) {
  std::string text =
      "forbidden: User " + Quoted(user.name) + " cannot " + Printable(verb) + " path " + Quoted(path);
  if (!reason.empty()) text += ": " + Printable(reason);
  return text;
}

bool IsUtf8(std::string_view text) {
  return Utf8Prefix(text) == text.size();
}

bool IsUtf8(const http_server::ClientCertificate& certificate) {
  return IsUtf8(certificate.common_name) &&
         std::ranges::all_of(certificate.organizations, [](const auto& each) { return IsUtf8(each); });
}

// What a client without a name has sent instead of credentials; empty for every other.
std::string_view DescribeAnonymous(const AccessRequest& request) {
  if (request.certificate || BearerTokenOf(request.authorization)) return "";
  return request.authorization.empty() ? " (no credentials)" : " (Authorization is not a bearer token)";
}

// Logs why a client is not authenticated.
std::optional<kube::UserInfo> Nobody(std::string_view path, std::string_view why) {
  VLOG(2) << "unauthorized: path " << Quoted(path) << ": " << why;
  return std::nullopt;
}

// Leaves out a reason that repeats the token.
std::string DescribeInvalid(std::string_view token, std::string_view reason) {
  std::string text = "the token is not valid";
  if (!reason.empty() && reason.find(token) == std::string_view::npos) text += ": " + Printable(reason);
  return text;
}

// Says nothing that a server or proxy has sent, since that may echo a token.
std::string DescribeFailure(const Error& error) {
  if (error.code == Errc::kForbidden) {
    return "forbidden: bind ClusterRole system:auth-delegator to this program's user";
  }
  if (error.http_status != 0) {
    return std::string(ToString(error.code)) + " (HTTP " + std::to_string(error.http_status) + ")";
  }
  if (error.code == Errc::kMalformed) return std::string(ToString(error.code));
  return ToString(error);
}

void LogOutcome(FailureLog& failures, std::string_view permission, const Result<kube::ReviewStatus>& review) {
  if (review) {
    if (failures.OnSuccess()) LOG(INFO) << "clients of the ops port can be authorised again";
    return;
  }
  if (review.error().code == Errc::kCanceled) return;  // the program is shutting down
  const auto more = failures.OnFailure(review.error(), std::chrono::steady_clock::now());
  if (!more) return;
  // Kubernetes before 1.6.
  const bool unknown = review.error().code == Errc::kNotFound;
  LOG(WARNING) << "cannot " << permission
               << ", so clients of the ops port are refused: " << DescribeFailure(review.error())
               << (unknown ? "; this API server has no such reviews: use -address=127.0.0.1, or "
                             "-authorization_mode=AlwaysAllow"
                           : "")
               << *more;
}

}  // namespace

AccessGate::AccessGate(asio::any_io_executor executor, std::vector<std::string> open_paths, Send send,
                       TaskGroup::FailureHandler on_failure)
    : open_paths_(std::move(open_paths)),
      send_(std::move(send)),
      tasks_(executor, std::move(on_failure)),
      token_reviews_(executor, tasks_, [this](std::string body) { return ReviewToken(std::move(body)); }),
      access_reviews_(executor, tasks_, [this](std::string body) { return ReviewAccess(std::move(body)); }) {}

Awaitable<std::optional<Response>> AccessGate::Check(AccessRequest request, Asker asker) {
  if (IsOpenPath(open_paths_, request.path)) co_return std::nullopt;
  if (!IsUtf8(request.path)) co_return Refusal(400, "BadRequest", "the path is not UTF-8");
  const auto user = co_await Authenticate(request, asker);
  if (!user || !*user) {
    Response refusal = Refusal(401, "Unauthorized", "Unauthorized");
    if (!user) co_return RefuseUnasked(request.path, user.error(), std::move(refusal));
    co_return refusal;
  }
  const std::string verb = VerbOf(request.method);
  const auto access =
      co_await access_reviews_.Get(kube_json::EncodePathReview(**user, verb, request.path), asker);
  if (!access) {
    Response refusal =
        Refusal(500, "InternalError", "the API server cannot be asked whether this is permitted");
    co_return RefuseUnasked(request.path, access.error(), std::move(refusal));
  }
  if (access->granted) co_return std::nullopt;
  const std::string denial = DescribeDenial(**user, verb, request.path, access->reason);
  VLOG(2) << denial << DescribeAnonymous(request);
  co_return Refusal(403, "Forbidden", denial);
}

Response AccessGate::RefuseUnasked(std::string_view path, const Error& error, Response usual) {
  // The client has left, or the program is shutting down.
  if (error.code == Errc::kCanceled) return usual;
  VLOG(2) << "cannot ask who may use path " << Quoted(path) << ": " << DescribeFailure(error);
  const bool of_server = error.http_status != 0;
  if (error.code != Errc::kTooManyRequests || of_server) return usual;
  const auto more = crowds_.Take(std::chrono::steady_clock::now());
  if (more) {
    LOG(WARNING)
        << "too many clients of the ops port that were not admitted lately: some are refused with 429"
        << *more;
  }
  Response response = Refusal(429, "TooManyRequests", "too many requests, try again later");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

Awaitable<void> AccessGate::Stop() {
  tasks_.Cancel();
  co_await tasks_.Join();
}

// Returns nullopt if the credentials are invalid, which is logged.
Awaitable<Result<std::optional<kube::UserInfo>>> AccessGate::Authenticate(const AccessRequest& request,
                                                                          const Asker& asker) {
  if (request.certificate) {
    if (!IsUtf8(*request.certificate)) {
      co_return Nobody(request.path, "a name in the client certificate is not UTF-8");
    }
    co_return UserOf(*request.certificate);
  }
  const auto token = BearerTokenOf(request.authorization);
  if (!token) co_return AnonymousUser();
  if (!IsToken(*token)) co_return Nobody(request.path, "the token has characters that no token has");
  const auto review = co_await token_reviews_.Get(kube_json::EncodeTokenReview(*token), asker);
  if (!review) co_return review.error();
  if (!review->granted) co_return Nobody(request.path, DescribeInvalid(*token, review->reason));
  co_return review->user;
}

Awaitable<Result<kube::ReviewStatus>> AccessGate::ReviewToken(std::string body) {
  client::Request request{.method = client::Method::kPost, .target = std::string(kTokenReviews)};
  request.body = std::move(body);
  const auto response = co_await send_(std::move(request));
  Result<kube::ReviewStatus> review =
      response ? kube_json::DecodeTokenReview(*response) : Result<kube::ReviewStatus>(response.error());
  LogOutcome(token_failures_, "create tokenreviews.authentication.k8s.io", review);
  co_return review;
}

Awaitable<Result<kube::ReviewStatus>> AccessGate::ReviewAccess(std::string body) {
  client::Request request{.method = client::Method::kPost, .target = std::string(kAccessReviews)};
  request.body = std::move(body);
  const auto response = co_await send_(std::move(request));
  Result<kube::ReviewStatus> review =
      response ? kube_json::DecodeAccessReview(*response) : Result<kube::ReviewStatus>(response.error());
  LogOutcome(access_failures_, "create subjectaccessreviews.authorization.k8s.io", review);
  co_return review;
}

}  // namespace k8sm::controller
