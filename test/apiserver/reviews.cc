#include "test/apiserver/reviews.h"

#include "test/apiserver/json.h"
#include "test/apiserver/status.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace k8sm::apiserver {
namespace {

constexpr std::string_view kMasters = "system:masters";
constexpr std::string_view kEveryoneWithCredentials = "system:authenticated";

Json StatusOfToken(std::string_view token, const Authenticator& authenticator, JsonAllocator& allocator) {
  Json status(rapidjson::kObjectType);
  Json user(rapidjson::kObjectType);
  Request bearer;
  bearer.authorization = "Bearer " + std::string(token);
  const std::optional<User> known = authenticator.UserOf(bearer);
  if (!known) {
    Set(status, "user", std::move(user), allocator);
    SetString(status, "error", "invalid bearer token", allocator);
    return status;
  }
  status.AddMember("authenticated", true, allocator);
  SetString(user, "username", known->name, allocator);
  Json groups(rapidjson::kArrayType);
  for (const std::string& group : known->groups) groups.PushBack(MakeString(group, allocator), allocator);
  groups.PushBack(MakeString(kEveryoneWithCredentials, allocator), allocator);
  Set(user, "groups", std::move(groups), allocator);
  Set(status, "user", std::move(user), allocator);
  return status;
}

bool IsMaster(const Json& spec) {
  const auto groups = Elements(spec, "groups");
  return std::ranges::any_of(
      groups, [](const Json* group) { return group->IsString() && group->GetString() == kMasters; });
}

Json StatusOfAccess(bool allowed, JsonAllocator& allocator) {
  Json status(rapidjson::kObjectType);
  status.AddMember("allowed", allowed, allocator);
  return status;
}

}  // namespace

std::optional<Review> AnswerReview(const Request& request, const Target& target,
                                   const Authenticator& authenticator) {
  const std::string path = target.PathText();
  const bool is_token = path == "/apis/authentication.k8s.io/v1/tokenreviews";
  const bool is_access = path == "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  const bool is_own_access = path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  if (request.method != "POST" || (!is_token && !is_access && !is_own_access)) return std::nullopt;
  Review review{path.substr(path.rfind('/') + 1), {}};
  Result<JsonDocument> json = ParseJson(request.body);
  const Json* spec = json ? Find(*json, "spec") : nullptr;
  if (spec == nullptr || !spec->IsObject()) {
    review.response = ToResponse(BadRequest("the body is no review"));
    return review;
  }
  JsonAllocator& allocator = json->GetAllocator();
  Json status = is_token    ? StatusOfToken(GetString(*spec, "token"), authenticator, allocator)
                : is_access ? StatusOfAccess(IsMaster(*spec), allocator)
                            : StatusOfAccess(true, allocator);
  Set(*json, "status", std::move(status), allocator);
  review.response.status = 201;
  review.response.body = ToText(*json) + "\n";
  return review;
}

}  // namespace k8sm::apiserver
