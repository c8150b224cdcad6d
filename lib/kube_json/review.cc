#include "lib/kube_json/review.h"

#include "lib/kube_json/field.h"
#include "lib/kube_json/parse.h"
#include "lib/kube_json/write.h"

#include <utility>
#include <vector>

namespace k8sm::kube_json {
namespace {

constexpr std::string_view kTokenReview = "TokenReview";
constexpr std::string_view kAccessReview = "SubjectAccessReview";
constexpr std::string_view kSelfAccessReview = "SelfSubjectAccessReview";

void WriteTexts(JsonWriter& writer, std::string_view key, const std::vector<std::string>& texts) {
  WriteKey(writer, key);
  writer.StartArray();
  for (const std::string& text : texts) WriteString(writer, text);
  writer.EndArray();
}

std::vector<std::string> ReadTexts(const Field& list) {
  std::vector<std::string> texts;
  list.ForEach([&](const Field& text) { texts.emplace_back(text.String()); });
  return texts;
}

kube::UserInfo ReadUser(const Field& field) {
  kube::UserInfo user;
  user.name = field.Member("username").String();
  user.uid = field.Member("uid").String();
  const Field groups = field.Member("groups");
  user.groups = ReadTexts(groups);
  const Field extra = field.Member("extra");
  extra.ForEachEntry(
      [&](std::string_view key, const Field& values) { user.extra.emplace_back(key, ReadTexts(values)); });
  return user;
}

// Writes a review with the given members of its spec.
template <class WriteSpec>
std::string EncodeReview(std::string_view api_version, std::string_view kind, WriteSpec write_spec) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, api_version, kind);
  WriteKey(writer, "spec");
  writer.StartObject();
  write_spec(writer);
  writer.EndObject();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

// Reads the status of a review of this kind.
template <class ReadStatus>
Result<kube::ReviewStatus> DecodeReview(std::string_view json, std::string_view kind,
                                        ReadStatus read_status) {
  const auto tree = Parse(json, Excerpts::kNone);
  Problem problem = tree.has_error() ? tree.error().message : "";
  kube::ReviewStatus review;
  if (problem.empty()) {
    const Field root(**tree, problem);
    const Field answered = root.Member("kind");
    if (answered.String() != kind) answered.Refuse("not " + std::string(kind));
    const Field status = root.Member("status");
    if (!status.present()) status.Refuse("missing");
    read_status(status, review);
  }
  if (!problem.empty()) {
    return Error{.code = Errc::kMalformed, .message = std::string(kind).append(": ").append(problem)};
  }
  return review;
}

}  // namespace

std::string EncodeTokenReview(std::string_view token) {
  return EncodeReview("authentication.k8s.io/v1", kTokenReview,
                      [&](JsonWriter& writer) { WriteMember(writer, "token", token); });
}

std::string EncodePathReview(const kube::UserInfo& user, std::string_view verb, std::string_view path) {
  return EncodeReview("authorization.k8s.io/v1", kAccessReview, [&](JsonWriter& writer) {
    WriteMember(writer, "user", user.name);
    WriteUnlessEmpty(writer, "uid", std::string_view(user.uid));
    WriteTexts(writer, "groups", user.groups);
    if (!user.extra.empty()) {
      WriteKey(writer, "extra");
      writer.StartObject();
      for (const auto& [key, values] : user.extra) WriteTexts(writer, key, values);
      writer.EndObject();
    }
    WriteKey(writer, "nonResourceAttributes");
    writer.StartObject();
    WriteMember(writer, "path", path);
    WriteMember(writer, "verb", verb);
    writer.EndObject();
  });
}

Result<kube::ReviewStatus> DecodeTokenReview(std::string_view json) {
  return DecodeReview(json, kTokenReview, [](const Field& status, kube::ReviewStatus& review) {
    review.granted = status.Member("authenticated").Bool();
    review.reason = status.Member("error").String();
    const Field user = status.Member("user");
    review.user = ReadUser(user);
    if (review.granted && review.user.name.empty()) user.Refuse("has no username");
  });
}

Result<kube::ReviewStatus> DecodeAccessReview(std::string_view json) {
  return DecodeReview(json, kAccessReview, [](const Field& status, kube::ReviewStatus& review) {
    review.granted = status.Member("allowed").Bool() && !status.Member("denied").Bool();
    review.reason = status.Member("reason").String();
  });
}

std::string EncodeSelfAccessReview(const ResourceAttributes& attributes, std::string_view version) {
  const std::string api_version = "authorization.k8s.io/" + std::string(version);
  return EncodeReview(api_version, kSelfAccessReview, [&](JsonWriter& writer) {
    WriteKey(writer, "resourceAttributes");
    writer.StartObject();
    WriteUnlessEmpty(writer, "namespace", std::string_view(attributes.ns));
    WriteMember(writer, "verb", attributes.verb);
    WriteUnlessEmpty(writer, "group", std::string_view(attributes.group));
    WriteMember(writer, "resource", attributes.resource);
    WriteUnlessEmpty(writer, "subresource", std::string_view(attributes.subresource));
    WriteUnlessEmpty(writer, "name", std::string_view(attributes.name));
    writer.EndObject();
  });
}

Result<bool> DecodeSelfAccessReview(std::string_view json) {
  const auto tree = Parse(json);
  Problem problem = tree.has_error() ? tree.error().message : "";
  bool allowed = false;
  if (problem.empty()) {
    const Field root(**tree, problem);
    const Field status = root.Member("status");
    const Field field = status.Member("allowed");
    if (!field.present()) field.Refuse("missing");
    allowed = field.Bool();
  }
  if (!problem.empty()) {
    return Error{.code = Errc::kMalformed,
                 .message = std::string(kSelfAccessReview).append(": ").append(problem)};
  }
  return allowed;
}

std::string EncodeFailure(int code, std::string_view reason, std::string_view message) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, "v1", "Status");
  WriteMember(writer, "status", "Failure");
  WriteMember(writer, "message", message);
  WriteMember(writer, "reason", reason);
  WriteKey(writer, "code");
  writer.Int(code);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace k8sm::kube_json
