#include "lib/kube/status.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_json/decode.h"
#include "lib/kube_json/parse.h"

namespace k8sm::kube_json {
namespace {

std::string FirstCause(const Field& details) {
  std::string reason;
  const Field causes = details.Member("causes");
  bool first = true;
  causes.ForEach([&](const Field& cause) {
    if (first) reason = cause.Member("reason").String();
    first = false;
  });
  return reason;
}

// Members that are missing or have the wrong type are ignored.
kube::Status StatusOf(const rapidjson::Value& status) {
  Problem ignored;
  const Field root(status, ignored);
  const Field details = root.Member("details");
  return {.code = root.Member("code").Int(),
          .reason = std::string(root.Member("reason").String()),
          .message = std::string(root.Member("message").String()),
          .first_cause = FirstCause(details),
          .retry_after_seconds = details.Member("retryAfterSeconds").Int()};
}

}  // namespace

Error ReadStatus(int http_status, const rapidjson::Value& status) {
  return kube::ToError(http_status, StatusOf(status));
}

Error DecodeStatus(int http_status, std::string_view body) {
  const auto tree = Parse(body);
  return kube::ToError(http_status, tree.has_value() ? StatusOf(**tree) : kube::Status(), body);
}

Result<bool> IsGone(std::string_view json) {
  const auto tree = Parse(json);
  if (!tree) return tree.error();
  Problem ignored;
  const Field root(**tree, ignored);
  const Field kind = root.Member("kind");
  const Field status = root.Member("status");
  const Field meta = root.Member("metadata");
  const Field name = meta.Member("name");
  const Field finalizers = meta.Member("finalizers");
  if (kind.IsString() && kind.String() == "Status") {
    if (status.IsString() && status.String() == "Success") return true;
  } else if (name.IsString() && !name.String().empty()) {
    bool kept = false;
    finalizers.ForEach([&](const Field&) { kept = true; });
    return !kept;
  }
  return Error{.code = Errc::kMalformed,
               .message = "the response to a DELETE is neither a Status with Success nor an object"};
}

}  // namespace k8sm::kube_json
