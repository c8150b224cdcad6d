#include "test/apiserver/handler.h"

#include "test/apiserver/discovery.h"
#include "test/apiserver/gzip.h"
#include "test/apiserver/list_handler.h"
#include "test/apiserver/reviews.h"
#include "test/apiserver/watch_stream.h"
#include "test/apiserver/yaml.h"

#include <algorithm>
#include <utility>

namespace k8sm::apiserver {
namespace {

constexpr std::string_view kPatchTypes =
    "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json";

constexpr std::size_t kCompressFrom = 128 * 1024;

Response Ok(std::string body, int status = 200) {
  Response response;
  response.status = status;
  response.body = std::move(body) + "\n";
  return response;
}

std::string_view MediaType(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  return content_type;
}

// Returns the body as JSON. Like kube-apiserver, treats an empty Content-Type as JSON.
Outcome<std::string> JsonBody(const Request& request) {
  const std::string_view type = MediaType(request.content_type);
  if (type == "application/yaml") {
    Result<std::vector<std::string>> documents = YamlToJson(request.body);
    if (!documents) return BadRequest("error converting YAML to JSON: " + documents.error().message);
    if (documents->empty()) return BadRequest("error converting YAML to JSON: no document");
    return documents->front();
  }
  if (!type.empty() && type != "application/json" && type != "*/*") {
    return UnsupportedMediaType("application/json, application/yaml");
  }
  return request.body;
}

FieldValidation FieldValidationOf(const Target& target) {
  const std::string_view value = target.Query("fieldValidation");
  if (value == "Strict") return FieldValidation::kStrict;
  return value == "Ignore" ? FieldValidation::kIgnore : FieldValidation::kWarn;
}

WriteOptions WriteOptionsOf(const Target& target) {
  WriteOptions options;
  options.dry_run = target.Query("dryRun") == "All";
  options.field_validation = FieldValidationOf(target);
  return options;
}

void ReadPropagation(std::string_view policy, DeleteOptions& options) {
  if (policy == "Orphan") options.orphan = true;
}

// Reads the body first, then the query.
Outcome<DeleteOptions> DeleteOptionsOf(const Request& request, const Target& target) {
  DeleteOptions options;
  if (!request.body.empty()) {
    Outcome<std::string> body = JsonBody(request);
    if (!body) return body.error();
    const Result<JsonDocument> json = ParseJson(*body);
    if (!json) return BadRequest("couldn't get version/kind; json parse error: " + json.error().message);
    if (Find(*json, "gracePeriodSeconds")) options.grace_period_seconds = GetInt(*json, "gracePeriodSeconds");
    if (const Json* preconditions = Find(*json, "preconditions")) {
      options.uid = GetString(*preconditions, "uid");
      options.resource_version = GetString(*preconditions, "resourceVersion");
    }
    ReadPropagation(GetString(*json, "propagationPolicy"), options);
    if (GetBool(*json, "orphanDependents")) options.orphan = true;
    options.dry_run = !Elements(*json, "dryRun").empty();
  }
  if (const std::string grace(target.Query("gracePeriodSeconds")); !grace.empty()) {
    if (grace.size() > 9 || grace.find_first_not_of("0123456789") != grace.npos) {
      return BadRequest("strconv.ParseInt: parsing \"" + grace + "\": invalid syntax");
    }
    options.grace_period_seconds = std::stol(grace);
  }
  ReadPropagation(target.Query("propagationPolicy"), options);
  if (target.Query("dryRun") == "All") options.dry_run = true;
  return options;
}

std::string PrefixOf(const ObjectRef& ref) {
  return ref.ns.empty() ? "" : ref.ns + "/";
}

// Like kube-apiserver, compresses only reads with large responses.
void Compress(const Request& request, const std::string& verb, Response& response) {
  if (verb != "get" && verb != "list") return;
  if (response.body.size() <= kCompressFrom || !AcceptsGzip(request.accept_encoding)) return;
  response.body = Gzip(response.body);
  response.gzip = true;
}

bool IsAllowed(const ObjectRef& ref, const std::string& verb) {
  if (verb.empty()) return false;
  if (ref.subresource == Subresource::kStatus) return verb == "get" || verb == "update" || verb == "patch";
  if (ref.subresource == Subresource::kFinalize) return verb == "update";
  if (verb == "create") return !ref.resource->namespaced || !ref.ns.empty();
  if (verb == "deletecollection") return ref.resource->has_delete_collection;
  return true;
}

}  // namespace

std::optional<User> Handler::UserOf(const Request& request, const Target& target) const {
  std::optional<User> user = authenticator_.UserOf(request);
  if (user) return user;
  // Paths that kube-apiserver serves without authentication.
  const std::string_view first = target.path.empty() ? std::string_view() : target.path.front();
  const bool open = first == "healthz" || first == "livez" || first == "readyz" || first == "version";
  if (open && request.authorization.empty()) return User{"system:anonymous", {}};
  return std::nullopt;
}

Response Handler::Handle(const Request& request) {
  if (emulation_.idle()) return HandlePlainly(request);
  const Target target = Target::Parse(request.target);
  const std::optional<User> user = UserOf(request, target);
  if (!user) return emulation_.Translate(target, nullptr, ToResponse(Unauthorized()));
  if (auto answer = emulation_.Discover(target)) return *answer;
  const Outcome<Request> understood = emulation_.Understand(request);
  if (understood) {
    const Resource* const resource = RequestInfo::Of(*understood).ref.resource;
    return emulation_.Translate(target, resource, HandlePlainly(*understood));
  }
  Response response = ToResponse(understood.error());
  const RequestInfo info = RequestInfo::Of(request);
  if (info.ref.resource) {
    log_.Add({info.verb, info.ResourceName(), info.ref.ns, info.ref.name, response.status, request.user_agent,
              user->name});
  }
  return emulation_.Translate(target, nullptr, std::move(response));
}

Response Handler::HandlePlainly(const Request& request) {
  RequestInfo info = RequestInfo::Of(request);
  const std::optional<User> user = UserOf(request, info.target);
  if (!user) return ToResponse(Unauthorized());
  if (!info.ref.resource) {
    std::optional<Review> review =
        emulation_.idle() ? AnswerReview(request, info.target, authenticator_) : std::nullopt;
    if (review) {
      log_.Add({"create", review->resource, "", "", review->response.status, request.user_agent, user->name});
      return std::move(review->response);
    }
    if (std::optional<Response> answer = Discover(request, info.target)) return *answer;
    return ToResponse(NoSuchPath());
  }
  return HandleResource(request, {std::move(info), {}}, user->name);
}

Response Handler::HandleResource(const Request& request, ResourceRequest resource_request,
                                 const std::string& user) {
  const ObjectRef& ref = resource_request.ref;
  Response response;
  const std::optional<Representation> representation =
      Representation::FromAccept(request.accept, resource_request.target.Query("includeObject"));
  if (!IsAllowed(ref, resource_request.verb)) {
    response = ToResponse(MethodNotAllowed());
  } else if (!representation) {
    response = ToResponse(NotAcceptable());
  } else {
    resource_request.representation = *representation;
    Outcome<Response> outcome = Dispatch(request, resource_request);
    response = outcome ? std::move(*outcome) : ToResponse(outcome.error());
  }
  if (!ref.resource->warning.empty() && !response.watch)
    response.warnings.emplace_back(ref.resource->warning);
  log_.Add({resource_request.verb, resource_request.ResourceName(), ref.ns, ref.name, response.status,
            request.user_agent, user});
  Compress(request, resource_request.verb, response);
  return response;
}

Outcome<Response> Handler::Dispatch(const Request& request, const ResourceRequest& resource_request) {
  const std::string& verb = resource_request.verb;
  if (verb == "get") return Get(resource_request);
  if (verb == "list") return List(resource_request);
  if (verb == "watch") return Watch(resource_request);
  if (verb == "create" || verb == "update") return Write(request, resource_request);
  if (verb == "patch") return Patch(request, resource_request);
  if (verb == "delete") return Delete(request, resource_request);
  return DeleteCollection(request, resource_request);
}

Outcome<Response> Handler::Get(const ResourceRequest& request) const {
  const ObjectPtr object = store_.Of(*request.ref.resource).Find(request.ref.ns, request.ref.name);
  if (!object) return NotFound(*request.ref.resource, request.ref.name);
  return Ok(request.representation.One(*object));
}

Outcome<Response> Handler::List(const ResourceRequest& request) const {
  const Outcome<ListOptions> options = ListOptions::Parse(*request.ref.resource, request.target);
  if (!options) return options.error();
  const Outcome<ListPage> page = ListObjects(store_, *request.ref.resource, PrefixOf(request.ref), *options);
  if (!page) return page.error();
  return Ok(request.representation.List(*request.ref.resource, page->objects, page->meta));
}

Outcome<Response> Handler::Watch(const ResourceRequest& request) {
  Outcome<ListOptions> options = ListOptions::Parse(*request.ref.resource, request.target);
  if (!options) return options.error();
  if (!request.ref.name.empty()) options->selector.RequireName(request.ref.name);
  Response response;
  response.watch = std::make_shared<WatchStream>(store_, *request.ref.resource, PrefixOf(request.ref),
                                                 std::move(*options), request.representation);
  if (!request.ref.resource->warning.empty()) response.warnings.emplace_back(request.ref.resource->warning);
  return response;
}

Outcome<Response> Handler::Write(const Request& request, const ResourceRequest& resource_request) {
  const WriteOptions options = WriteOptionsOf(resource_request.target);
  const ObjectRef& ref = resource_request.ref;
  const Outcome<std::string> body = JsonBody(request);
  if (!body) return body.error();
  Outcome<Registry::Decoded> decoded = Registry::Decode(*ref.resource, *body, options.field_validation);
  if (!decoded) return decoded.error();
  const Outcome<Written> written = resource_request.verb == "create"
                                       ? registry_.Create(ref, std::move(decoded->object), options)
                                       : registry_.Update(ref, std::move(decoded->object), options);
  if (!written) return written.error();
  Response response = Ok(resource_request.representation.One(*written->object), written->created ? 201 : 200);
  response.warnings = std::move(decoded->warnings);
  return response;
}

Outcome<Response> Handler::Patch(const Request& request, const ResourceRequest& resource_request) {
  const std::string_view type = MediaType(request.content_type);
  PatchType patch_type = PatchType::kJson;
  if (type == "application/merge-patch+json") {
    patch_type = PatchType::kMerge;
  } else if (type == "application/strategic-merge-patch+json") {
    patch_type = PatchType::kStrategicMerge;
  } else if (type != "application/json-patch+json") {
    return UnsupportedMediaType(kPatchTypes);
  }
  Outcome<Written> written = registry_.Patch(resource_request.ref, patch_type, request.body,
                                             WriteOptionsOf(resource_request.target));
  if (!written) return written.error();
  Response response = Ok(resource_request.representation.One(*written->object));
  response.warnings = std::move(written->warnings);
  return response;
}

Outcome<Response> Handler::Delete(const Request& request, const ResourceRequest& resource_request) {
  const ObjectRef& ref = resource_request.ref;
  const Outcome<DeleteOptions> options = DeleteOptionsOf(request, resource_request.target);
  if (!options) return options.error();
  const Outcome<Deleted> deleted = registry_.Delete(ref, *options);
  if (!deleted) return deleted.error();
  if (deleted->gone && !ref.resource->returns_deleted) {
    return Ok(DeletedJson(*ref.resource, ref.name, deleted->object->uid));
  }
  return Ok(resource_request.representation.One(*deleted->object));
}

Outcome<Response> Handler::DeleteCollection(const Request& request, const ResourceRequest& resource_request) {
  const ObjectRef& ref = resource_request.ref;
  const Outcome<DeleteOptions> delete_options = DeleteOptionsOf(request, resource_request.target);
  if (!delete_options) return delete_options.error();
  const Outcome<ListOptions> list_options = ListOptions::Parse(*ref.resource, resource_request.target);
  if (!list_options) return list_options.error();
  const Outcome<ListPage> page = ListObjects(store_, *ref.resource, PrefixOf(ref), *list_options);
  if (!page) return page.error();
  std::vector<ObjectPtr> deleted;
  for (const ObjectPtr& object : page->objects) {
    Outcome<Deleted> one = registry_.Delete({ref.resource, object->ns, object->name}, *delete_options);
    // An object that was deleted together with its owner is not an error.
    if (one) deleted.push_back(one->object);
  }
  return Ok(
      resource_request.representation.List(*ref.resource, deleted, {store_.revision(), "", std::nullopt}));
}

}  // namespace k8sm::apiserver
