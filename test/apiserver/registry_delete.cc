#include "test/apiserver/registry.h"

#include <utility>

namespace k8sm::apiserver {
namespace {

bool HasFinalizers(const Json& object) {
  return !IsEmpty(FindPath(object, {"metadata", "finalizers"}));
}

bool IsDeleting(const Json& object) {
  return FindPath(object, {"metadata", "deletionTimestamp"}) != nullptr;
}

std::optional<Status> CheckPreconditions(const Object& object, const DeleteOptions& options) {
  if (!options.uid.empty() && options.uid != object.uid) {
    return Conflict(*object.resource, object.name,
                    "the UID in the precondition (" + options.uid + ") does not match the UID in record (" +
                        object.uid + "). The object might have been deleted and then recreated");
  }
  const std::string version = std::to_string(object.resource_version);
  if (!options.resource_version.empty() && options.resource_version != version) {
    return Conflict(*object.resource, object.name,
                    "the ResourceVersion in the precondition (" + options.resource_version +
                        ") does not match the ResourceVersion in record (" + version +
                        "). The object might have been modified");
  }
  return std::nullopt;
}

// Returns the grace period: the requested one, else the pod's own; 0 if no node runs the pod.
std::int64_t GraceOf(const Json& pod, const DeleteOptions& options) {
  const Json& spec = *Find(pod, "spec");
  const Json* status = Find(pod, "status");
  const std::string_view phase = status ? GetString(*status, "phase") : "";
  if (GetString(spec, "nodeName").empty() || phase == "Succeeded" || phase == "Failed") return 0;
  const std::int64_t period =
      options.grace_period_seconds.value_or(GetInt(spec, "terminationGracePeriodSeconds"));
  return period < 0 ? 1 : period;
}

}  // namespace

Outcome<Deleted> Registry::Delete(const ObjectRef& ref, DeleteOptions options) {
  const ObjectPtr object = store_.Of(*ref.resource).Find(ref.ns, ref.name);
  if (!object) return NotFound(*ref.resource, ref.name);
  if (auto refused = CheckPreconditions(*object, options)) return *refused;
  if (ref.resource->kind == "Namespace") return DeleteNamespace(*object, options);
  if (options.dry_run) return Deleted{object, true};
  if (ref.resource->kind == "Pod") return DeletePod(*object, std::move(options));
  const JsonDocument document = object->Parse();
  if (!HasFinalizers(document)) return Deleted{Drop(*object, options.orphan), true};
  if (IsDeleting(document)) return Deleted{object, false};
  return Deleted{MarkDeleting(*object, 0), false};
}

Outcome<Deleted> Registry::DeletePod(const Object& pod, DeleteOptions options) {
  const JsonDocument document = pod.Parse();
  const Json& metadata = *Find(document, "metadata");
  const std::int64_t grace = GraceOf(document, options);
  const ObjectPtr current = store_.Of(*pod.resource).Find(pod.ns, pod.name);
  if (IsDeleting(document)) {
    // A running grace period can only be shortened.
    const bool shorter =
        options.grace_period_seconds && grace < GetInt(metadata, "deletionGracePeriodSeconds");
    if (!shorter) {
      const bool over = GetInt(metadata, "deletionGracePeriodSeconds") == 0 && !HasFinalizers(document);
      return over ? Deleted{Drop(*current, options.orphan), true} : Deleted{current, false};
    }
  }
  const ObjectPtr marked = MarkDeleting(pod, grace);
  if (grace > 0 || HasFinalizers(document)) return Deleted{marked, false};
  return Deleted{Drop(*marked, options.orphan), true};
}

Outcome<Deleted> Registry::DeleteNamespace(const Object& ns, const DeleteOptions& options) {
  if (ns.name == "default" || ns.name == "kube-system" || ns.name == "kube-public") {
    return Forbidden(*ns.resource, ns.name, "this namespace may not be deleted");
  }
  const ObjectPtr current = store_.Of(*ns.resource).Find("", ns.name);
  if (options.dry_run) return Deleted{current, false};
  JsonDocument document = ns.Parse();
  if (IsDeleting(document)) return Deleted{current, false};
  JsonAllocator& allocator = document.GetAllocator();
  SetString(EnsureObject(document, "metadata", allocator), "deletionTimestamp", TimestampFromNow(),
            allocator);
  SetString(EnsureObject(document, "status", allocator), "phase", "Terminating", allocator);
  const ObjectPtr terminating = store_.Write(*ns.resource, document, allocator);
  DeleteOptions at_once;
  at_once.grace_period_seconds = 0;
  for (const ObjectPtr& object : store_.InNamespace(ns.name)) {
    // Some may have been deleted with their owners already.
    (void)Delete({object->resource, object->ns, object->name}, at_once);
  }
  FinishNamespace(ns.name);
  return Deleted{terminating, false};
}

bool Registry::IsTerminating(const Object& ns) {
  // status.phase is the first selectable field of namespaces.
  return ns.fields.front() == "Terminating";
}

ObjectPtr Registry::MarkDeleting(const Object& object, std::int64_t grace_period_seconds) {
  JsonDocument document = object.Parse();
  JsonAllocator& allocator = document.GetAllocator();
  Json& metadata = EnsureObject(document, "metadata", allocator);
  SetString(metadata, "deletionTimestamp", TimestampFromNow(grace_period_seconds), allocator);
  Set(metadata, "deletionGracePeriodSeconds", Json(grace_period_seconds), allocator);
  if (GetInt(metadata, "generation") > 0) {
    Set(metadata, "generation", Json(GetInt(metadata, "generation") + 1), allocator);
  }
  return store_.Write(*object.resource, document, allocator);
}

ObjectPtr Registry::Drop(const Object& object, bool orphan) {
  // Copies: the caller's reference may be to the object that the store is about to release.
  const std::string ns = object.ns, uid = object.uid;
  const bool is_service = object.resource->kind == "Service";
  if (is_service) services_.Release(object.Parse());
  const ObjectPtr last = store_.Remove(object);
  // Ignores the error if the service has no Endpoints.
  if (is_service) (void)Delete({FindResource("endpoints"), ns, last->name}, {});
  if (!orphan) {
    for (const ObjectPtr& dependent : store_.Dependents(uid)) {
      // Ignores the error if it was deleted with another owner.
      if (dependent->owner_uids.size() == 1)
        (void)Delete({dependent->resource, dependent->ns, dependent->name}, {});
    }
  }
  if (!ns.empty()) FinishNamespace(ns);
  return last;
}

void Registry::FinishNamespace(std::string_view ns) {
  const Resource& namespaces = *FindResource("namespaces");
  const ObjectPtr found = store_.Of(namespaces).Find("", ns);
  if (!found || !IsTerminating(*found) || !store_.IsNamespaceEmpty(ns)) return;
  JsonDocument document = found->Parse();
  JsonAllocator& allocator = document.GetAllocator();
  Json kept(rapidjson::kArrayType);
  bool done = false;
  for (const Json* finalizer : Elements(EnsureObject(document, "spec", allocator), "finalizers")) {
    const bool own = std::string_view(finalizer->GetString()) == "kubernetes";
    if (own) done = true;
    if (!own) kept.PushBack(Copy(*finalizer, allocator), allocator);
  }
  const bool last = kept.Empty() && !HasFinalizers(document);
  Set(*Find(document, "spec"), "finalizers", std::move(kept), allocator);
  const ObjectPtr finished = done ? store_.Write(namespaces, document, allocator) : found;
  if (last) Drop(*finished, false);
}

}  // namespace k8sm::apiserver
