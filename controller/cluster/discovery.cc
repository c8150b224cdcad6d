#include "controller/cluster/discovery.h"

#include "lib/async/notifier.h"
#include "lib/base/backoff.h"
#include "lib/base/failure_log.h"

#include <glog/logging.h>

#include <chrono>
#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

using client::ServerCapabilities;
using std::chrono::milliseconds;

// Delay between attempts.
constexpr BackoffOptions kBackoff{.initial = milliseconds(200), .max = milliseconds(1'000)};

// What /apis of a server without API groups is read as; the server answers 404.
constexpr const char* kNoGroups = R"({"groups":[]})";

// Whether the server answered but refused the request, as opposed to being unreachable.
bool IsRefused(const Error& error) {
  return error.code == Errc::kNotFound || error.code == Errc::kForbidden || error.code == Errc::kRejected;
}

std::string DescribeFailure(const Error& error) {
  std::string text = ToString(error);
  if (error.code == Errc::kForbidden)
    text += "; grant get on the non-resource URLs /version, /apis and /apis/* (system:discovery)";
  return text;
}

}  // namespace

Awaitable<ServerCapabilities> Discovery::Ask() {
  FailureLog failures;
  Backoff backoff(kBackoff);
  for (;;) {
    auto server = co_await AskOnce();
    if (server) {
      trouble_.reset();
      LOG(INFO) << "the API server is " << Describe(*server);
      co_return *std::move(server);
    }
    trouble_ = server.error();
    // Cancelled: the next co_await throws.
    const bool cancelled = server.error().code == Errc::kCanceled;
    const auto more =
        cancelled ? std::nullopt : failures.OnFailure(server.error(), std::chrono::steady_clock::now());
    if (more) {
      LOG(WARNING) << "cannot ask " << client_.config().Url()
                   << " what it serves: " << DescribeFailure(server.error()) << "; trying again" << *more;
    }
    co_await SleepFor(backoff.Next());
  }
}

// The requests are named variables because g++ 12 destroys an aggregate built within a co_await expression
// twice.
Awaitable<Result<ServerCapabilities>> Discovery::AskOnce() {
  client::Request version_request{.target = "/version"};
  const auto version = co_await client_.Do(std::move(version_request));
  if (!version && !IsRefused(version.error())) co_return version.error();
  client::Request apis_request{.target = "/apis"};
  const auto apis = co_await client_.Do(std::move(apis_request));
  if (!apis && apis.error().code != Errc::kNotFound) co_return apis.error();
  auto server = client::ReadCapabilities(version ? *version : "", apis ? *apis : kNoGroups);
  if (!server) co_return server.error();
  for (const client::MissingGroup& missing : client::MissingGroups(*server)) {
    client::Request group_request{.target = "/apis/" + std::string(missing.group_version)};
    const auto group = co_await client_.Do(std::move(group_request));
    // A 403 does not say whether it is served. Meanwhile /apis may come to list it.
    if (!group && (!IsRefused(group.error()) || group.error().code == Errc::kForbidden))
      co_return group.error();
    (*server).*missing.served = group.has_value();
  }
  co_return server;
}

Awaitable<Result<void>> CheckNamespace(client::ApiClient& client, std::string ns) {
  client::Request request{.target = "/api/v1/namespaces/" + ns};
  const auto answer = co_await client.Do(std::move(request));
  if (answer || answer.error().code == Errc::kCanceled) co_return Result<void>();
  if (answer.error().code != Errc::kNotFound) {
    const bool is_forbidden = answer.error().code == Errc::kForbidden;
    LOG(WARNING) << "cannot check that namespace " << ns << " exists: " << ToString(answer.error())
                 << (is_forbidden ? "; grant get on it: a wrong name looks like an empty namespace" : "");
    co_return Result<void>();
  }
  co_return Error{.code = Errc::kNotFound, .message = "-namespace: the API server has no namespace " + ns};
}

// The selector matches no node, so that the answer is short.
Awaitable<bool> MayListNodes(client::ApiClient& client) {
  client::Request request{.target = "/api/v1/nodes?fieldSelector=metadata.name%3D-"};
  const auto answer = co_await client.Do(std::move(request));
  if (answer) co_return true;
  if (answer.error().code != Errc::kForbidden && answer.error().code != Errc::kUnauthorized) co_return true;
  LOG(INFO) << "pods on nodes that do not exist are not reported: " << ToString(answer.error())
            << "; grant list, watch on nodes";
  co_return false;
}

}  // namespace k8sm::controller
