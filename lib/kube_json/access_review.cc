#include "lib/kube_json/access_review.h"

#include "lib/kube_json/field.h"
#include "lib/kube_json/parse.h"
#include "lib/kube_json/write.h"

namespace k8sm::kube_json {

std::string EncodeSelfAccessReview(const ResourceAttributes& attributes, std::string_view version) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, "authorization.k8s.io/" + std::string(version), "SelfSubjectAccessReview");
  WriteKey(writer, "spec");
  writer.StartObject();
  WriteKey(writer, "resourceAttributes");
  writer.StartObject();
  WriteUnlessEmpty(writer, "namespace", std::string_view(attributes.ns));
  WriteMember(writer, "verb", attributes.verb);
  WriteUnlessEmpty(writer, "group", std::string_view(attributes.group));
  WriteMember(writer, "resource", attributes.resource);
  WriteUnlessEmpty(writer, "subresource", std::string_view(attributes.subresource));
  WriteUnlessEmpty(writer, "name", std::string_view(attributes.name));
  writer.EndObject();
  writer.EndObject();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
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
    return Error{.code = Errc::kMalformed, .message = "SelfSubjectAccessReview: " + problem};
  }
  return allowed;
}

}  // namespace k8sm::kube_json
