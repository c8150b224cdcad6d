#include "test/apiserver/registry.h"

#include "test/apiserver/codec.h"
#include "test/apiserver/service_strategy.h"
#include "test/apiserver/strategy.h"

#include <ctime>
#include <utility>

namespace k8sm::apiserver {
namespace {

constexpr std::string_view kModified =
    "the object has been modified; please apply your changes to the latest version and try again";

std::string Quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

Json& Metadata(JsonDocument& object) {
  return EnsureObject(object, "metadata", object.GetAllocator());
}

bool IsService(const Resource& resource) {
  return resource.kind == "Service";
}

// Names in body and URL must match; missing ones in the body are filled in.
std::optional<Status> AlignNames(const ObjectRef& ref, JsonDocument& object) {
  Json& metadata = Metadata(object);
  const std::string name(GetString(metadata, "name")), ns(GetString(metadata, "namespace"));
  if (!ref.name.empty() && !name.empty() && name != ref.name) {
    return BadRequest("the name of the object (" + name + ") does not match the name on the URL (" +
                      ref.name + ")");
  }
  if (!ns.empty() && ns != ref.ns) {
    return BadRequest(
        "the namespace of the provided object does not match the namespace sent on the request");
  }
  if (!ref.name.empty()) SetString(metadata, "name", ref.name, object.GetAllocator());
  if (!ref.ns.empty()) SetString(metadata, "namespace", ref.ns, object.GetAllocator());
  return std::nullopt;
}

// Drops the members that clients cannot set.
void DropSystemMembers(Json& metadata) {
  for (const char* name : {"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
                           "deletionGracePeriodSeconds", "selfLink", "managedFields"}) {
    Remove(metadata, name);
  }
}

// Restores the members that an update cannot change.
void KeepSystemMembers(Json& metadata, const Json& old, JsonAllocator& allocator) {
  DropSystemMembers(metadata);
  for (const char* name : {"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
                           "deletionGracePeriodSeconds"}) {
    CopyMember(metadata, old, name, allocator);
  }
}

// Returns 409 if the writer has read another object or an older version.
std::optional<Status> CheckPreconditions(const Object& old, const Json& metadata) {
  const Resource& resource = *old.resource;
  const std::string_view uid = GetString(metadata, "uid");
  if (!uid.empty() && uid != old.uid) {
    return Conflict(
        resource, old.name,
        "StorageError: invalid object, Code: 4, Key: /registry/" + std::string(resource.storage_prefix) +
            "/" + old.Key() +
            ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: " +
            std::string(uid) + ", UID in object meta: " + old.uid);
  }
  const std::string_view version = GetString(metadata, "resourceVersion");
  if (!version.empty() && version != "0" && version != std::to_string(old.resource_version)) {
    return Conflict(resource, old.name, kModified);
  }
  if (version.empty() && !resource.unconditional_update) {
    FieldErrors errors;
    errors.InvalidRaw("metadata.resourceVersion", "0", "must be specified for an update");
    return errors.ToStatus(resource.group, resource.kind, old.name);
  }
  return std::nullopt;
}

// A write of the main resource keeps the status; a write of a subresource keeps everything else.
void KeepOtherPart(const ObjectRef& ref, JsonDocument& object, const Json& old) {
  JsonAllocator& allocator = object.GetAllocator();
  if (ref.subresource == Subresource::kNone) {
    if (ref.resource->has_status) CopyMember(object, old, "status", allocator);
    return;
  }
  if (ref.subresource == Subresource::kStatus) {
    CopyMember(object, old, "spec", allocator);
    CopyMember(Metadata(object), *Find(old, "metadata"), "ownerReferences", allocator);
    return;
  }
  const Json* spec = Find(object, "spec");
  Json finalizers = spec && Find(*spec, "finalizers") ? Copy(*Find(*spec, "finalizers"), allocator)
                                                      : Json(rapidjson::kArrayType);
  object.CopyFrom(old, allocator);
  Set(EnsureObject(object, "spec", allocator), "finalizers", std::move(finalizers), allocator);
}

bool IsWaitedFor(const Json& object) {
  const Json* spec = FindPath(object, {"spec", "finalizers"});
  return !IsEmpty(FindPath(object, {"metadata", "finalizers"})) || !IsEmpty(spec);
}

// Whether an object that is being deleted can be removed: no finalizers and no grace period remain.
bool CanGo(const Json& object) {
  const Json& metadata = *Find(object, "metadata");
  return Find(metadata, "deletionTimestamp") && GetInt(metadata, "deletionGracePeriodSeconds") == 0 &&
         !IsWaitedFor(object);
}

std::optional<Status> ApplyPatch(const Resource& resource, PatchType type, JsonDocument& target,
                                 std::string_view text) {
  Result<JsonDocument> patch = ParseJson(text);
  if (!patch) return BadRequest("error decoding patch: " + patch.error().message);
  JsonAllocator& allocator = target.GetAllocator();
  if (type == PatchType::kJson) return ApplyJsonPatch(target, *patch, allocator);
  if (!patch->IsObject()) return BadRequest("error decoding patch: cannot unmarshal array into Go value");
  if (type == PatchType::kMerge) {
    ApplyMergePatch(target, *patch, allocator);
  } else {
    ApplyStrategicMergePatch(resource.Type(), target, *patch, allocator);
  }
  return std::nullopt;
}

}  // namespace

std::string TimestampFromNow(std::int64_t seconds) {
  const std::time_t time = std::time(nullptr) + seconds;
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

Registry::Registry(Store& store, std::span<const std::string_view> namespaces)
    : store_(store), random_(std::random_device{}()) {
  for (const std::string_view ns : namespaces) EnsureNamespace(ns);
}

Outcome<Registry::Decoded> Registry::Decode(const Resource& resource, std::string_view body,
                                            FieldValidation validation) {
  Result<JsonDocument> parsed = ParseJson(body);
  if (!parsed) {
    return BadRequest("the object provided is unrecognized (must be of type " + std::string(resource.kind) +
                      "): couldn't get version/kind; json parse error: " + parsed.error().message);
  }
  Decoded decoded{std::move(*parsed), {}};
  const std::string kind(GetString(decoded.object, "kind")), version(GetString(decoded.object, "apiVersion"));
  if (!version.empty() && version != resource.ApiVersion()) {
    return BadRequest("the API version in the data (" + version +
                      ") does not match the expected API version (" + resource.ApiVersion() + ")");
  }
  const std::string prefix = (kind.empty() ? std::string(resource.kind) : kind) + " in version " +
                             Quoted(kVersion) + " cannot be handled as a " + std::string(resource.kind) +
                             ": ";
  if (!kind.empty() && kind != resource.kind) return BadRequest(prefix + "the kinds do not match");
  std::vector<std::string> unknown;
  const auto wrong =
      apiserver::Decode(resource.Type(), decoded.object, decoded.object.GetAllocator(), unknown);
  if (wrong) return BadRequest(prefix + *wrong);
  if (validation == FieldValidation::kStrict && !unknown.empty()) {
    std::string all;
    for (const std::string& one : unknown) all.append(all.empty() ? "" : ", ").append(one);
    return BadRequest(prefix + "strict decoding error: " + all);
  }
  if (validation == FieldValidation::kWarn) decoded.warnings = std::move(unknown);
  return decoded;
}

std::optional<Status> Registry::AdmitToNamespace(const Resource& resource, std::string_view ns,
                                                 std::string_view name) const {
  if (!resource.namespaced) return std::nullopt;
  const Resource& namespaces = *FindResource("namespaces");
  const ObjectPtr found = store_.Of(namespaces).Find("", ns);
  if (!found) return NotFound(namespaces, ns);
  if (!IsTerminating(*found)) return std::nullopt;
  Status status = Forbidden(
      resource, name,
      "unable to create new content in namespace " + std::string(ns) + " because it is being terminated");
  status.details.causes = {{"NamespaceTerminating", "namespace " + std::string(ns) + " is being terminated",
                            "metadata.namespace"}};
  return status;
}

Outcome<Written> Registry::Create(const ObjectRef& ref, JsonDocument object, const WriteOptions& options) {
  const Resource& resource = *ref.resource;
  const Strategy& strategy = StrategyFor(resource);
  JsonAllocator& allocator = object.GetAllocator();
  if (auto refused = AlignNames(ref, object)) return *refused;
  if (!IsEmpty(Find(Metadata(object), "resourceVersion")) && !options.keep_status) {
    Status status;
    status.message = "resourceVersion should not be set on objects to be created";
    return status;
  }
  SetSystemMembers(object, options.keep_status);
  const std::string name(GetString(Metadata(object), "name"));
  if (auto refused = AdmitToNamespace(resource, ref.ns, name)) return *refused;
  // Nodes register with a status; all other objects are created without one.
  if (resource.has_status && resource.kind != "Node" && !options.keep_status) Remove(object, "status");
  if (strategy.set_defaults) strategy.set_defaults(object, allocator);
  if (strategy.prepare_create) strategy.prepare_create(object, allocator);
  if (strategy.changes_generation) Set(Metadata(object), "generation", Json(1), allocator);
  if (IsService(resource)) AssignServiceAddresses(object, nullptr, services_, allocator);
  FieldErrors errors;
  ValidateMetadata(resource, object, errors);
  if (strategy.validate) strategy.validate(object, errors);
  if (!errors.empty()) return errors.ToStatus(resource.group, resource.kind, name);
  if (store_.Of(resource).Find(ref.ns, name)) return AlreadyExists(resource, name);
  if (auto refused = CheckServiceAddresses(resource, object, nullptr)) return *refused;
  if (strategy.canonicalize) strategy.canonicalize(object, allocator);
  if (options.dry_run) return Written{MakeObject(resource, object), true, {}};
  return Written{Commit(resource, object, nullptr), true, {}};
}

// A loaded object keeps its uid and creation time, so that references to it remain valid.
void Registry::SetSystemMembers(JsonDocument& object, bool loaded) {
  JsonAllocator& allocator = object.GetAllocator();
  Json& metadata = Metadata(object);
  const std::string uid(loaded ? GetString(metadata, "uid") : ""),
      generate(GetString(metadata, "generateName"));
  const std::string born(loaded ? GetString(metadata, "creationTimestamp") : "");
  DropSystemMembers(metadata);
  SetString(metadata, "uid", uid.empty() ? NewUid() : uid, allocator);
  SetString(metadata, "creationTimestamp", born.empty() ? TimestampFromNow() : born, allocator);
  if (GetString(metadata, "name").empty() && !generate.empty()) {
    // Truncates the prefix so that the name with the suffix is a DNS label.
    SetString(metadata, "name", generate.substr(0, 58) + NewSuffix(), allocator);
  }
}

Outcome<Written> Registry::Update(const ObjectRef& ref, JsonDocument object, const WriteOptions& options) {
  const Resource& resource = *ref.resource;
  if (auto refused = AlignNames(ref, object)) return *refused;
  const ObjectPtr old = store_.Of(resource).Find(ref.ns, ref.name);
  if (old) return Replace(ref, *old, std::move(object), options);
  if (!resource.create_on_update || ref.subresource != Subresource::kNone)
    return NotFound(resource, ref.name);
  Json& metadata = Metadata(object);
  if (const std::string_view uid = GetString(metadata, "uid"); !uid.empty()) {
    Object missing;
    missing.resource = &resource;
    missing.ns = ref.ns;
    missing.name = ref.name;
    return *CheckPreconditions(missing, metadata);
  }
  Remove(metadata, "resourceVersion");
  return Create(ref, std::move(object), options);
}

Outcome<Written> Registry::Replace(const ObjectRef& ref, const Object& old, JsonDocument object,
                                   const WriteOptions& options) {
  const Resource& resource = *ref.resource;
  const Strategy& strategy = StrategyFor(resource);
  JsonAllocator& allocator = object.GetAllocator();
  if (auto refused = CheckPreconditions(old, Metadata(object))) return *refused;
  const JsonDocument before = old.Parse();
  const Json& old_metadata = *Find(before, "metadata");
  KeepSystemMembers(Metadata(object), old_metadata, allocator);
  if (!options.keep_status) KeepOtherPart(ref, object, before);
  if (strategy.set_defaults) strategy.set_defaults(object, allocator);
  if (strategy.prepare_update && ref.subresource != Subresource::kFinalize) {
    strategy.prepare_update(object, before, allocator);
  }
  if (IsService(resource)) AssignServiceAddresses(object, &before, services_, allocator);
  // Compares the stored forms, in which absent and empty members are the same.
  const JsonDocument after = MakeObject(resource, object)->Parse();
  FieldErrors errors;
  ValidateMetadata(resource, object, errors);
  if (strategy.validate_update && !options.keep_status) strategy.validate_update(after, before, errors);
  if (strategy.validate) strategy.validate(object, errors);
  if (!errors.empty()) return errors.ToStatus(resource.group, resource.kind, old.name);
  if (auto refused = CheckServiceAddresses(resource, object, &before)) return *refused;
  if (strategy.canonicalize) strategy.canonicalize(object, allocator);
  if (strategy.changes_generation && strategy.changes_generation(after, before)) {
    Set(Metadata(object), "generation", Json(GetInt(old_metadata, "generation") + 1), allocator);
  }
  const ObjectPtr written = MakeObject(resource, object);
  if (options.dry_run) return Written{written, false, {}};
  if (CanGo(object)) {
    Drop(old, false);
    return Written{written, false, {}};
  }
  if (written->text == old.text) return Written{store_.Of(resource).Find(old.ns, old.name), false, {}};
  const ObjectPtr stored = Commit(resource, object, &before);
  if (resource.kind == "Namespace") FinishNamespace(old.name);
  return Written{stored, false, {}};
}

Outcome<Written> Registry::Patch(const ObjectRef& ref, PatchType type, std::string_view patch,
                                 const WriteOptions& options) {
  const Resource& resource = *ref.resource;
  const ObjectPtr old = store_.Of(resource).Find(ref.ns, ref.name);
  if (!old) return NotFound(resource, ref.name);
  JsonDocument target = old->Parse();
  // A patch is conditional only if it has a resourceVersion.
  if (auto refused = ApplyPatch(resource, type, target, patch)) return *refused;
  Outcome<Decoded> decoded = Decode(resource, ToText(target), options.field_validation);
  if (!decoded) return decoded.error();
  if (auto refused = AlignNames(ref, decoded->object)) return *refused;
  Outcome<Written> written = Replace(ref, *old, std::move(decoded->object), options);
  if (written) written->warnings = std::move(decoded->warnings);
  return written;
}

std::optional<Status> Registry::CheckServiceAddresses(const Resource& resource, const Json& object,
                                                      const Json* old) const {
  if (!IsService(resource)) return std::nullopt;
  FieldErrors errors;
  ValidateServiceAddresses(object, old, services_, errors);
  if (errors.empty()) return std::nullopt;
  return errors.ToStatus(resource.group, resource.kind, GetString(*Find(object, "metadata"), "name"));
}

ObjectPtr Registry::Commit(const Resource& resource, JsonDocument& object, const Json* old) {
  if (IsService(resource)) {
    if (old) services_.Release(*old);
    services_.Hold(object);
  }
  return store_.Write(resource, object, object.GetAllocator());
}

Outcome<Written> Registry::Put(const ObjectRef& ref, JsonDocument object) {
  WriteOptions options;
  options.keep_status = true;
  const ObjectPtr old = ref.name.empty() ? nullptr : store_.Of(*ref.resource).Find(ref.ns, ref.name);
  if (!old) return Create(ref, std::move(object), options);
  if (auto refused = AlignNames(ref, object)) return *refused;
  // Overwrites any version.
  Json& metadata = Metadata(object);
  DropSystemMembers(metadata);
  SetString(metadata, "resourceVersion", std::to_string(old->resource_version), object.GetAllocator());
  return Replace(ref, *old, std::move(object), options);
}

void Registry::EnsureNamespace(std::string_view ns) {
  const Resource& namespaces = *FindResource("namespaces");
  if (store_.Of(namespaces).Find("", ns)) return;
  JsonDocument object(rapidjson::kObjectType);
  SetString(Metadata(object), "name", ns, object.GetAllocator());
  // An invalid name is reported by the write that needed the namespace.
  (void)Create({&namespaces, "", ""}, std::move(object), {});
}

std::string Registry::NewUid() {
  constexpr char kHex[] = "0123456789abcdef";
  std::string uid = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  for (char& c : uid) {
    if (c == 'x') c = kHex[random_() & 15];
    if (c == 'y') c = kHex[8 | (random_() & 3)];
  }
  return uid;
}

std::string Registry::NewSuffix() {
  // Like kube-apiserver: no vowels and no similar-looking characters.
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::string suffix;
  for (int i = 0; i < 5; ++i) suffix += kLetters[random_() % kLetters.size()];
  return suffix;
}

}  // namespace k8sm::apiserver
