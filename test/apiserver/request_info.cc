#include "test/apiserver/request_info.h"

#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::apiserver {
namespace {

// Returns the verb of a method, for one object or a collection; empty if there is none.
std::string VerbOf(const std::string& method, bool one, bool watch) {
  if (method == "GET" || method == "HEAD") return watch ? "watch" : one ? "get" : "list";
  if (method == "POST") return one ? "" : "create";
  if (method == "PUT") return one ? "update" : "";
  if (method == "PATCH") return one ? "patch" : "";
  if (method == "DELETE") return one ? "delete" : "deletecollection";
  return "";
}

struct ParsedPath {
  ObjectRef ref;
  bool known = false;
};

// Parses the path after /api/v1 or /apis/GROUP/v1.
ParsedPath ParseResourcePath(std::string_view group, std::vector<std::string> path) {
  ParsedPath parsed;
  if (path.size() >= 3 && path[0] == "namespaces" && path[2] != "status" && path[2] != "finalize") {
    parsed.ref.ns = path[1];
    path.erase(path.begin(), path.begin() + 2);
  }
  if (path.empty() || path.size() > 3) return parsed;
  parsed.ref.resource = FindResource(group, path[0]);
  const Resource* resource = parsed.ref.resource;
  if (!resource || (!resource->namespaced && !parsed.ref.ns.empty())) return parsed;
  if (path.size() > 1) parsed.ref.name = path[1];
  // A namespaced object is addressed only within its namespace.
  if (resource->namespaced && parsed.ref.ns.empty() && !parsed.ref.name.empty()) return parsed;
  if (path.size() == 3) {
    if (path[2] == "status" && resource->has_status) {
      parsed.ref.subresource = Subresource::kStatus;
    } else if (path[2] == "finalize" && resource->has_finalize) {
      parsed.ref.subresource = Subresource::kFinalize;
    } else {
      return parsed;
    }
  }
  parsed.known = true;
  return parsed;
}

ParsedPath ParsePath(const std::vector<std::string>& path) {
  if (path.size() > 2 && path[0] == "api" && path[1] == kVersion) {
    return ParseResourcePath("", {path.begin() + 2, path.end()});
  }
  if (path.size() > 3 && path[0] == "apis" && path[2] == kVersion) {
    return ParseResourcePath(path[1], {path.begin() + 3, path.end()});
  }
  return {};
}

}  // namespace

RequestInfo RequestInfo::Of(const Request& request) {
  RequestInfo info;
  info.target = Target::Parse(request.target);
  ParsedPath path = ParsePath(info.target.path);
  if (!path.ref.resource || !path.known) return info;
  info.verb = VerbOf(request.method, !path.ref.name.empty(), info.target.Flag("watch"));
  info.ref = std::move(path.ref);
  return info;
}

std::string RequestInfo::ResourceName() const {
  if (!ref.resource) return "";
  std::string name(ref.resource->plural);
  if (ref.subresource == Subresource::kStatus) name += "/status";
  if (ref.subresource == Subresource::kFinalize) name += "/finalize";
  return name;
}

}  // namespace k8sm::apiserver
