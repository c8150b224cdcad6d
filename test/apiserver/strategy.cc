#include "test/apiserver/strategy.h"

#include "test/apiserver/endpoints_strategy.h"
#include "test/apiserver/endpointslice_strategy.h"
#include "test/apiserver/pod_strategy.h"
#include "test/apiserver/service_strategy.h"

#include <algorithm>
#include <utility>

namespace k8sm::apiserver {
namespace {

constexpr std::size_t kMaxAnnotationBytes = 256 * 1024;

void DefaultNamespace(Json& object, JsonAllocator& allocator) {
  DefaultString(EnsureObject(object, "status", allocator), "phase", "Active", allocator);
  Json& metadata = EnsureObject(object, "metadata", allocator);
  if (const std::string_view name = GetString(metadata, "name"); !name.empty()) {
    SetString(EnsureObject(metadata, "labels", allocator), "kubernetes.io/metadata.name", name, allocator);
  }
}

// The finalizer keeps the namespace until everything in it is deleted.
void PrepareNamespace(Json& object, JsonAllocator& allocator) {
  Json& spec = EnsureObject(object, "spec", allocator);
  for (const Json* finalizer : Elements(spec, "finalizers")) {
    if (finalizer->IsString() && std::string_view(finalizer->GetString()) == "kubernetes") return;
  }
  if (!Find(spec, "finalizers")) Set(spec, "finalizers", Json(rapidjson::kArrayType), allocator);
  Find(spec, "finalizers")->PushBack(MakeString("kubernetes", allocator), allocator);
}

// spec.finalizers change through the finalize subresource only.
void UpdateNamespace(Json& object, const Json& old, JsonAllocator& allocator) {
  CopyMember(object, old, "spec", allocator);
}

void ValidateEvent(const Json& event, FieldErrors& errors) {
  const Json* involved = Find(event, "involvedObject");
  const std::string_view ns = involved ? GetString(*involved, "namespace") : "";
  const std::string_view own = GetString(*Find(event, "metadata"), "namespace");
  // Events about cluster-scoped objects are in "default".
  if (ns == own || (ns.empty() && own == "default")) return;
  errors.Invalid("involvedObject.namespace", ns, "does not match event.namespace");
}

void ValidateLease(const Json& lease, FieldErrors& errors) {
  const Json* spec = Find(lease, "spec");
  if (!spec) return;
  if (Find(*spec, "leaseDurationSeconds") && GetInt(*spec, "leaseDurationSeconds") <= 0) {
    errors.Invalid("spec.leaseDurationSeconds", GetInt(*spec, "leaseDurationSeconds"),
                   "must be greater than 0");
  }
  if (GetInt(*spec, "leaseTransitions") < 0) {
    errors.Invalid("spec.leaseTransitions", GetInt(*spec, "leaseTransitions"),
                   "must be greater than or equal to 0");
  }
}

const Strategy kNamespaceStrategy{.name_form = NameForm::kDnsLabel,
                                  .set_defaults = DefaultNamespace,
                                  .prepare_create = PrepareNamespace,
                                  .prepare_update = UpdateNamespace};
const Strategy kNodeStrategy{};
const Strategy kEventStrategy{.validate = ValidateEvent};
const Strategy kLeaseStrategy{.validate = ValidateLease};

void ValidateAnnotations(const Json* annotations, FieldErrors& errors) {
  if (!annotations || !annotations->IsObject()) return;
  std::size_t bytes = 0;
  for (const auto& annotation : annotations->GetObject()) {
    std::string key = annotation.name.GetString();
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char c) { return char(std::tolower(c)); });
    CheckQualifiedName(key, "metadata.annotations", errors);
    bytes += annotation.name.GetStringLength() + annotation.value.GetStringLength();
  }
  if (bytes > kMaxAnnotationBytes) errors.TooLong("metadata.annotations", kMaxAnnotationBytes);
}

void ValidateOwners(const Json& metadata, FieldErrors& errors) {
  std::size_t i = 0;
  for (const Json* owner : Elements(metadata, "ownerReferences")) {
    const std::string path = IndexPath("metadata.ownerReferences", i++);
    for (const char* name : {"apiVersion", "kind", "name", "uid"}) {
      if (!GetString(*owner, name).empty()) continue;
      errors.Invalid(path + "." + name, "", std::string(name) + " must not be empty");
    }
  }
}

}  // namespace

const Strategy& StrategyFor(const Resource& resource) {
  static const std::pair<std::string_view, const Strategy*> kStrategies[] = {
      {"endpoints", &kEndpointsStrategy},
      {"endpointslices", &kEndpointSliceStrategy},
      {"events", &kEventStrategy},
      {"leases", &kLeaseStrategy},
      {"namespaces", &kNamespaceStrategy},
      {"nodes", &kNodeStrategy},
      {"pods", &kPodStrategy},
      {"services", &kServiceStrategy}};
  return *std::find_if(std::begin(kStrategies), std::end(kStrategies), [&](const auto& row) {
            return row.first == resource.plural;
          })->second;
}

void ValidateMetadata(const Resource& resource, const Json& object, FieldErrors& errors) {
  const Json& metadata = *Find(object, "metadata");
  const std::string_view name = GetString(metadata, "name");
  if (name.empty()) {
    errors.Required("metadata.name", "name or generateName is required");
  } else {
    CheckName(StrategyFor(resource).name_form, name, "metadata.name", errors);
  }
  CheckLabels(Find(metadata, "labels"), "metadata.labels", errors);
  ValidateAnnotations(Find(metadata, "annotations"), errors);
  std::size_t i = 0;
  for (const Json* finalizer : Elements(metadata, "finalizers")) {
    CheckQualifiedName(finalizer->GetString(), IndexPath("metadata.finalizers", i++), errors);
  }
  ValidateOwners(metadata, errors);
}

}  // namespace k8sm::apiserver
