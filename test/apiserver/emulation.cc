#include "test/apiserver/emulation.h"

#include "test/apiserver/field_error.h"
#include "test/apiserver/request_info.h"
#include "test/apiserver/watch_stream.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace k8sm::apiserver {
namespace {

using PortlessSubsets = Features::PortlessSubsets;
using ExpiredWatch = Features::ExpiredWatch;

// The first minor versions that support tables and metadata-only responses, ...
constexpr int kForms = 15;
// ... warnings, ...
constexpr int kWarnings = 33;
// ... /livez and /readyz, ...
constexpr int kHealthPaths = 16;
// ... /openapi/v3, ...
constexpr int kOpenApi = 24;
// ... and resourceVersion as a precondition of a delete.
constexpr int kDeleteOfVersion = 14;

std::string PrettyText(const Json& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

// Removes a member; where the path passes through a list, from each element.
void RemoveAt(Json& value, std::string_view path) {
  if (value.IsArray()) {
    for (Json& element : value.GetArray()) RemoveAt(element, path);
    return;
  }
  if (!value.IsObject()) return;
  const std::size_t dot = path.find('.');
  if (dot == path.npos) return Remove(value, path);
  if (Json* member = Find(value, path.substr(0, dot))) RemoveAt(*member, path.substr(dot + 1));
}

void RemoveNewFields(int minor, std::string_view kind, Json& object) {
  for (const Novelty& field : NewFields()) {
    if (field.kind == kind && field.since > minor) RemoveAt(object, field.path);
  }
}

std::string WithoutNewParameters(int minor, std::string_view target) {
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string kept(target.substr(0, question));
  char separator = '?';
  for (std::string_view rest = target.substr(std::min(question + 1, target.size())); !rest.empty();) {
    const std::string_view parameter = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(parameter.size() + 1, rest.size()));
    const std::string_view name = parameter.substr(0, parameter.find('='));
    const bool is_new = std::ranges::any_of(NewParameters(), [&](const Novelty& parameter_of) {
      return parameter_of.path == name && parameter_of.since > minor;
    });
    if (is_new) continue;
    kept.append(1, separator).append(parameter);
    separator = '&';
  }
  return kept;
}

// Returns GROUP/VERSION; "" outside groups or without a version.
std::string AskedVersion(const Target& target) {
  const auto& path = target.path;
  return path.size() > 2 && path[0] == "apis" ? path[1] + "/" + path[2] : "";
}

std::string HourLater(const std::string& time) {
  std::tm utc{};
  if (strptime(time.c_str(), "%Y-%m-%dT%H:%M:%SZ", &utc) == nullptr) return time;
  const std::time_t later = timegm(&utc) + 3600;
  gmtime_r(&later, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

Response JsonResponse(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

}  // namespace

const ServedGroup* Emulation::Group(std::string_view name) const {
  const auto found = std::ranges::find(features_.groups, name, &ServedGroup::name);
  return found == features_.groups.end() ? nullptr : &*found;
}

std::string Emulation::GroupList() const {
  if (features_.groups.empty()) return "{\n  \"groups\": []\n}";
  std::string text(features_.group_list_head);
  text += "\"groups\":[";
  for (const ServedGroup& group : features_.groups) {
    const auto version = [&](std::string_view one) {
      return "{\"groupVersion\":\"" + std::string(group.name) + "/" + std::string(one) + "\",\"version\":\"" +
             std::string(one) + "\"}";
    };
    if (&group != &features_.groups.front()) text += ",";
    text += "{\"name\":\"" + std::string(group.name) + "\",\"versions\":[" + version(group.version);
    if (!group.other_version.empty()) text += "," + version(group.other_version);
    text += "],\"preferredVersion\":" + version(group.version) + "}";
  }
  return text + "]}\n";
}

std::optional<Response> Emulation::Discover(const Target& target) const {
  const auto& path = target.path;
  if (path.empty()) return std::nullopt;
  const auto missing = [&] { return Translate(target, nullptr, ToResponse(NoSuchPath())); };
  if (path[0] == "version" && path.size() == 1) return JsonResponse(std::string(features_.version));
  if ((path[0] == "livez" || path[0] == "readyz") && features_.minor < kHealthPaths) return missing();
  if (path[0] == "openapi" && features_.minor < kOpenApi) return missing();
  if (path[0] != "apis") return std::nullopt;
  if (path.size() == 1) return JsonResponse(GroupList());
  const ServedGroup* const group = Group(path[1]);
  if (!group) return missing();
  if (path.size() > 2 && path[2] != group->version && path[2] != group->other_version) return missing();
  return std::nullopt;
}

Outcome<Request> Emulation::Understand(const Request& request) const {
  if (features_.fieldless_services) {
    const Resource* const resource = RequestInfo::Of(request).ref.resource;
    if (resource != nullptr && resource->kind == "Service" &&
        !Target::Parse(request.target).Query("fieldSelector").empty())
      return BadRequest("No field label conversion function found for version v1 and kind Service");
  }
  Request understood = request;
  understood.accept_encoding.clear();
  understood.target = WithoutNewParameters(features_.minor, request.target);
  if (const std::string asked = AskedVersion(Target::Parse(request.target)); !asked.empty()) {
    const std::string prefix = "/apis/" + asked;
    if (understood.target.starts_with(prefix)) {
      const std::string group = asked.substr(0, asked.find('/'));
      understood.target.replace(0, prefix.size(), "/apis/" + group + "/" + std::string(kVersion));
    }
  }
  const bool any_json = request.accept.find("json") != std::string::npos || request.accept.find('*') == 0;
  if (features_.minor < kForms && any_json) understood.accept = "application/json";
  Outcome<std::string> body = UnderstandBody(understood);
  if (!body) return body.error();
  understood.body = std::move(*body);
  return understood;
}

// Invalid JSON is passed on, so that the server refuses it.
Outcome<std::string> Emulation::UnderstandBody(const Request& request) const {
  const Resource* const resource = RequestInfo::Of(request).ref.resource;
  Result<JsonDocument> parsed = ParseJson(request.body);
  if (!resource || !parsed || !parsed->IsObject()) return request.body;
  JsonDocument& object = *parsed;
  if (request.method == "DELETE") {
    if (features_.unconditional_deletes) Remove(object, "preconditions");
    if (features_.minor < kDeleteOfVersion) RemoveAt(object, "preconditions.resourceVersion");
    return ToText(object);
  }
  if (request.method != "POST" && request.method != "PUT") return request.body;
  if (auto refused = UnderstandObject(*resource, object)) return *refused;
  return ToText(object);
}

std::optional<Status> Emulation::UnderstandObject(const Resource& resource, JsonDocument& object) const {
  if (!GetString(object, "apiVersion").empty() && !resource.group.empty()) {
    SetString(object, "apiVersion", resource.ApiVersion(), object.GetAllocator());
  }
  RemoveNewFields(features_.minor, resource.kind, object);
  return resource.kind == "Endpoints" ? UnderstandSubsets(object) : std::nullopt;
}

Outcome<std::string> Emulation::UnderstandObject(const Resource& resource, std::string_view text) const {
  Result<JsonDocument> parsed = ParseJson(text);
  if (idle() || !parsed || !parsed->IsObject()) return std::string(text);
  if (auto refused = UnderstandObject(resource, *parsed)) return *refused;
  return ToText(*parsed);
}

std::string Emulation::Show(const Resource& resource, const Object& object) const {
  if (idle()) return object.text;
  const ServedGroup* const group = Group(resource.group);
  const std::string version =
      group ? std::string(group->name) + "/" + std::string(group->version) : std::string();
  return TranslateText({&resource, version, ""}, object.text);
}

std::optional<Status> Emulation::UnderstandSubsets(Json& endpoints) const {
  Json* const subsets = Find(endpoints, "subsets");
  if (!subsets || !subsets->IsArray()) return std::nullopt;
  FieldErrors errors;
  for (rapidjson::SizeType i = subsets->Size(); i-- > 0;) {
    if (!IsEmpty(Find((*subsets)[i], "ports"))) continue;
    if (features_.portless_subsets == PortlessSubsets::kRefused) {
      errors.Required(IndexPath("subsets", i) + ".ports");
    } else if (features_.portless_subsets == PortlessSubsets::kDropped) {
      subsets->Erase(subsets->Begin() + i);
    }
  }
  if (errors.empty()) return std::nullopt;
  const Json* const metadata = Find(endpoints, "metadata");
  return errors.ToStatus("", "Endpoints", metadata ? GetString(*metadata, "name") : "");
}

Response Emulation::Translate(const Target& target, const Resource* resource, Response response) const {
  const Place place{resource, AskedVersion(target), target.PathText()};
  if (features_.minor < kWarnings) response.warnings.clear();
  if (response.watch) TranslateWatch(place, response);
  if (!response.watch && response.body.starts_with('{')) {
    response.body = TranslateText(place, response.body) + "\n";
  }
  return response;
}

void Emulation::TranslateWatch(const Place& place, Response& response) const {
  // Old servers name the version after the requested one.
  std::optional<Status> expired = response.watch->expired(1);
  if (expired && features_.expired_watch == ExpiredWatch::kInternalError) {
    expired->code = 500;
    expired->reason.clear();
    response = ToResponse(*expired);
    return;
  }
  if (features_.untyped_watches) response.content_type.clear();
  response.watch->TranslateWith([this, place](std::string_view text) { return TranslateText(place, text); });
}

std::string Emulation::TranslateText(const Place& place, std::string_view text) const {
  Result<JsonDocument> parsed = ParseJson(text);
  if (!parsed || !parsed->IsObject()) return std::string(text);
  JsonDocument& object = *parsed;
  JsonAllocator& allocator = object.GetAllocator();
  const bool is_status = GetString(object, "kind") == "Status";
  if (is_status) TranslateStatus(object, allocator);
  if (is_status && features_.indented_statuses) return PrettyText(object);
  if (is_status) return ToText(object);
  const char* const version = place.resource ? "apiVersion" : "groupVersion";
  const bool is_of_group =
      GetString(object, version).starts_with(place.api_version.substr(0, place.api_version.find('/')));
  if (!place.api_version.empty() && is_of_group) SetString(object, version, place.api_version, allocator);
  if (!place.resource) return ToText(object);
  if (Json* const items = Find(object, "items")) {
    for (Json* item : Elements(items)) TranslateObject(place, *item, allocator);
    if (features_.self_links) {
      SetString(EnsureObject(object, "metadata", allocator), "selfLink", place.path, allocator);
    }
  } else {
    TranslateObject(place, object, allocator);
  }
  return ToText(object);
}

void Emulation::TranslateObject(const Place& place, Json& object, JsonAllocator& allocator) const {
  const Resource& resource = *place.resource;
  RemoveNewFields(features_.minor, resource.kind, object);
  if (features_.empty_subsets && resource.kind == "Endpoints" && !Find(object, "subsets")) {
    Set(object, "subsets", Json(rapidjson::kArrayType), allocator);
  }
  Json& metadata = EnsureObject(object, "metadata", allocator);
  if (features_.mortal_events && resource.kind == "Event") {
    SetString(metadata, "deletionTimestamp", HourLater(std::string(GetString(metadata, "creationTimestamp"))),
              allocator);
  }
  if (!features_.self_links) return;
  const std::string ns(GetString(metadata, "namespace"));
  std::string link = resource.group.empty() ? "/api/" + std::string(kVersion) : "/apis/" + place.api_version;
  if (!ns.empty()) link += "/namespaces/" + ns;
  link += "/" + std::string(resource.plural) + "/" + std::string(GetString(metadata, "name"));
  SetString(metadata, "selfLink", link, allocator);
}

void Emulation::TranslateStatus(Json& status, JsonAllocator& allocator) const {
  const std::string reason(GetString(status, "reason"));
  const std::string message(GetString(status, "message"));
  if (reason == "Expired" && features_.expired_watch == ExpiredWatch::kGone) {
    SetString(status, "reason", "Gone", allocator);
  }
  if (reason == "NotFound" && features_.empty_details && !Find(status, "details")) {
    Remove(status, "code");
    Set(status, "details", Json(rapidjson::kObjectType), allocator);
    Set(status, "code", Json(404), allocator);
  }
  constexpr std::string_view kConflict = "Operation cannot be fulfilled on ";
  const std::size_t colon = message.find(": ");
  if (features_.terse_conflicts && message.starts_with(kConflict) && colon != message.npos) {
    const std::string what = message.substr(kConflict.size(), colon - kConflict.size());
    SetString(status, "message", what + " cannot be updated" + message.substr(colon), allocator);
  }
}

}  // namespace k8sm::apiserver
