#include "test/apiserver/discovery.h"

#include "test/apiserver/openapi.h"
#include "test/apiserver/resource.h"
#include "test/apiserver/status.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void Text(Writer& writer, const char* name, std::string_view value) {
  writer.Key(name);
  writer.String(value.data(), rapidjson::SizeType(value.size()));
}

void Words(Writer& writer, const char* name, const std::vector<std::string_view>& words) {
  writer.Key(name);
  writer.StartArray();
  for (const std::string_view word : words) writer.String(word.data(), rapidjson::SizeType(word.size()));
  writer.EndArray();
}

Response Json(const rapidjson::StringBuffer& buffer) {
  Response response;
  response.body.assign(buffer.GetString(), buffer.GetSize()).append("\n");
  return response;
}

Response Version() {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  writer.StartObject();
  for (const auto& [name, value] : {std::pair{"major", "1"},
                                    {"minor", "36"},
                                    {"gitVersion", "v1.36.0+k8sm-apiserver"},
                                    {"gitCommit", ""},
                                    {"gitTreeState", ""},
                                    {"buildDate", "1970-01-01T00:00:00Z"},
                                    {"goVersion", ""},
                                    {"compiler", ""},
                                    {"platform", "linux/amd64"}}) {
    writer.Key(name);
    writer.String(value);
  }
  writer.EndObject();
  Response response;
  response.body.assign(buffer.GetString(), buffer.GetSize());
  return response;
}

Response Health(std::string_view name, bool verbose) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.no_sniff = true;
  response.body = verbose ? "[+]ping ok\n" + std::string(name) + " check passed\n" : "ok";
  return response;
}

Response CoreVersions() {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  Text(writer, "kind", "APIVersions");
  Words(writer, "versions", {kVersion});
  writer.Key("serverAddressByClientCIDRs");
  writer.StartArray();
  writer.EndArray();
  writer.EndObject();
  return Json(buffer);
}

void WriteGroupVersion(Writer& writer, std::string_view group) {
  writer.StartObject();
  Text(writer, "groupVersion", std::string(group) + "/" + std::string(kVersion));
  Text(writer, "version", kVersion);
  writer.EndObject();
}

void WriteGroup(Writer& writer, std::string_view group) {
  Text(writer, "name", group);
  writer.Key("versions");
  writer.StartArray();
  WriteGroupVersion(writer, group);
  writer.EndArray();
  writer.Key("preferredVersion");
  WriteGroupVersion(writer, group);
}

Response GroupList() {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  Text(writer, "kind", "APIGroupList");
  Text(writer, "apiVersion", "v1");
  writer.Key("groups");
  writer.StartArray();
  for (const std::string_view group : Groups()) {
    writer.StartObject();
    WriteGroup(writer, group);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return Json(buffer);
}

Response OneGroup(std::string_view group) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  Text(writer, "kind", "APIGroup");
  Text(writer, "apiVersion", "v1");
  WriteGroup(writer, group);
  writer.EndObject();
  return Json(buffer);
}

void WriteResource(Writer& writer, const Resource& resource) {
  writer.StartObject();
  Text(writer, "name", resource.plural);
  Text(writer, "singularName", resource.singular);
  writer.Key("namespaced");
  writer.Bool(resource.namespaced);
  Text(writer, "kind", resource.kind);
  std::vector<std::string_view> verbs{"create", "delete", "deletecollection", "get",
                                      "list",   "patch",  "update",           "watch"};
  if (!resource.has_delete_collection) std::erase(verbs, "deletecollection");
  Words(writer, "verbs", verbs);
  if (!resource.short_name.empty()) Words(writer, "shortNames", {resource.short_name});
  if (!resource.category.empty()) Words(writer, "categories", {resource.category});
  if (!resource.storage_version_hash.empty())
    Text(writer, "storageVersionHash", resource.storage_version_hash);
  writer.EndObject();
}

void WriteSubresource(Writer& writer, const Resource& resource, std::string_view name,
                      const std::vector<std::string_view>& verbs) {
  writer.StartObject();
  Text(writer, "name", std::string(resource.plural) + "/" + std::string(name));
  Text(writer, "singularName", "");
  writer.Key("namespaced");
  writer.Bool(resource.namespaced);
  Text(writer, "kind", resource.kind);
  Words(writer, "verbs", verbs);
  writer.EndObject();
}

Response ResourceList(std::string_view group) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  Text(writer, "kind", "APIResourceList");
  // The response for the core group has no apiVersion.
  if (!group.empty()) Text(writer, "apiVersion", "v1");
  Text(writer, "groupVersion", group.empty() ? std::string(kVersion) : std::string(group) + "/v1");
  writer.Key("resources");
  writer.StartArray();
  for (const Resource& resource : Resources()) {
    if (resource.group != group) continue;
    WriteResource(writer, resource);
    if (resource.has_finalize) WriteSubresource(writer, resource, "finalize", {"update"});
    if (resource.has_status) WriteSubresource(writer, resource, "status", {"get", "patch", "update"});
  }
  writer.EndArray();
  writer.EndObject();
  return Json(buffer);
}

bool IsGroup(std::string_view name) {
  for (const std::string_view group : Groups()) {
    if (group == name) return true;
  }
  return false;
}

Response Document(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

}  // namespace

std::optional<Response> Discover(const Request& request, const Target& target) {
  const std::vector<std::string>& path = target.path;
  if (path.empty() || (request.method != "GET" && request.method != "HEAD")) return std::nullopt;
  const std::string& first = path.front();
  const std::size_t size = path.size();
  if (first == "version" && size == 1) return Version();
  if ((first == "healthz" || first == "livez" || first == "readyz") && size <= 2) {
    return Health(first, target.query.contains("verbose"));
  }
  if (first == "api" && size == 1) return CoreVersions();
  if (first == "api" && size == 2 && path[1] == kVersion) return ResourceList("");
  if (first == "apis" && size == 1) return GroupList();
  if (first == "apis" && size == 2 && IsGroup(path[1])) return OneGroup(path[1]);
  if (first == "apis" && size == 3 && IsGroup(path[1]) && path[2] == kVersion) return ResourceList(path[1]);
  if (first != "openapi" || size < 2 || path[1] != "v3") return std::nullopt;
  if (size == 2) return Document(OpenApiIndex());
  if (size == 4 && path[2] == "api" && path[3] == kVersion) return Document(OpenApiDocument(""));
  if (size == 5 && path[2] == "apis" && IsGroup(path[3]) && path[4] == kVersion) {
    return Document(OpenApiDocument(path[3]));
  }
  return std::nullopt;
}

}  // namespace k8sm::apiserver
