#include "controller/program/permission_check.h"

#include "controller/cluster/discovery.h"
#include "controller/inspect/text_table.h"
#include "lib/base/count.h"
#include "lib/kube_json/review.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <utility>

namespace k8sm::controller {
namespace {

using kube_json::ResourceAttributes;

// Of authorization.k8s.io, the newer first: v1 since 1.6, v1beta1 from 1.3 to 1.21.
constexpr std::string_view kVersions[] = {"v1", "v1beta1"};

Awaitable<Result<bool>> Ask(client::ApiClient& client, ResourceAttributes attributes, std::string version) {
  client::Request request{
      .method = client::Method::kPost,
      .target = "/apis/authorization.k8s.io/" + version + "/selfsubjectaccessreviews",
      .body = kube_json::EncodeSelfAccessReview(attributes, version),
  };
  const auto answer = co_await client.Do(std::move(request));
  if (!answer) co_return answer.error();
  co_return kube_json::DecodeSelfAccessReview(*answer);
}

// Returns the version that the server serves.
Awaitable<Result<std::string>> ServedVersion(client::ApiClient& client, ResourceAttributes example) {
  for (const std::string_view version : kVersions) {
    const auto answer = co_await Ask(client, example, std::string(version));
    if (answer) co_return std::string(version);
    if (answer.error().code != Errc::kNotFound) co_return answer.error();
  }
  co_return Error{.code = Errc::kNotFound,
                  .message =
                      "the API server serves no SelfSubjectAccessReviews (authorization.k8s.io), so it "
                      "cannot be asked for permissions"};
}

std::string NameOf(const ResourceAttributes& attributes) {
  std::string name = attributes.resource;
  if (!attributes.group.empty()) name += "." + attributes.group;
  if (!attributes.subresource.empty()) name += "/" + attributes.subresource;
  if (!attributes.name.empty()) name += " " + attributes.name;
  return name;
}

std::size_t CountMissing(const std::vector<PermissionAnswer>& answers, bool needed) {
  return static_cast<std::size_t>(std::ranges::count_if(
      answers, [&](const auto& each) { return !each.allowed && each.permission.needed == needed; }));
}

// Returns "2 needed permissions are missing".
std::string Missing(std::size_t count, const char* kind) {
  return Count(count, std::string(kind) + " permission") + (count == 1 ? " is" : " are") + " missing";
}

std::string Conclusion(const std::vector<PermissionAnswer>& answers) {
  const std::size_t needed = CountMissing(answers, true);
  const std::size_t optional = CountMissing(answers, false);
  if (needed + optional == 0) return "All " + std::to_string(answers.size()) + " permissions are granted.\n";
  std::string text = needed > 0 ? Missing(needed, "needed") : "All needed permissions are granted";
  if (optional > 0) text += "; " + Missing(optional, "optional");
  return text + "; deploy/OPERATIONS.md says what each is for.\n";
}

}  // namespace

Awaitable<Result<std::vector<PermissionAnswer>>> AskForPermissions(client::ApiClient& client,
                                                                   Options options) {
  Discovery discovery(client);
  const auto server = co_await discovery.AskOnce();
  if (!server) co_return server.error();
  std::vector<PermissionAnswer> answers;
  for (Permission& permission : NeededPermissions(options, *server))
    answers.push_back({std::move(permission), false});
  const auto version = co_await ServedVersion(client, answers.front().permission.attributes);
  if (!version) co_return version.error();
  for (PermissionAnswer& answer : answers) {
    const auto allowed = co_await Ask(client, answer.permission.attributes, *version);
    if (!allowed) co_return allowed.error();
    answer.allowed = *allowed;
  }
  co_return answers;
}

Awaitable<int> CheckPermissions(client::ApiClient& client, Options options) {
  const auto answers = co_await AskForPermissions(client, options);
  if (!answers) {
    std::cerr << "k8sm-controller-manager: cannot ask " << client.config().Url()
              << " for permissions: " << answers.error().message << "\n";
    co_return EXIT_FAILURE;
  }
  std::cout << PermissionTable(*answers);
  co_return AllNeededAllowed(*answers) ? EXIT_SUCCESS : EXIT_FAILURE;
}

std::string PermissionTable(std::vector<PermissionAnswer> answers) {
  std::ranges::stable_sort(answers, {}, [](const auto& answer) {
    return answer.allowed ? 2 : answer.permission.needed ? 0 : 1;
  });
  const auto row = [&answers](std::size_t index) -> TableRow {
    const auto& [permission, allowed] = answers[index];
    const ResourceAttributes& attributes = permission.attributes;
    return {allowed ? "yes" : "no",
            permission.needed ? "yes" : "no",
            attributes.verb,
            NameOf(attributes),
            attributes.ns.empty() ? "(all)" : attributes.ns,
            std::string(permission.purpose)};
  };
  TextTable table({"ALLOWED", "NEEDED", "VERB", "RESOURCE", "NAMESPACE", "FOR"}, answers.size(), row);
  std::string text;
  while (table(text)) {
  }
  return text + Conclusion(answers);
}

bool AllNeededAllowed(const std::vector<PermissionAnswer>& answers) {
  return CountMissing(answers, true) == 0;
}

}  // namespace k8sm::controller
