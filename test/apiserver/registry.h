// Write requests: what happens to an object between the request and the store.

#ifndef K8SM_TEST_APISERVER_REGISTRY_H_
#define K8SM_TEST_APISERVER_REGISTRY_H_

#include "test/apiserver/json.h"
#include "test/apiserver/patch.h"
#include "test/apiserver/service_allocator.h"
#include "test/apiserver/status.h"
#include "test/apiserver/store.h"

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

enum class Subresource { kNone, kStatus, kFinalize };

// Identifies an object; for a create, the collection.
struct ObjectRef {
  const Resource* resource = nullptr;
  std::string ns;
  std::string name;
  Subresource subresource = Subresource::kNone;
};

// How to handle members that the schema does not have.
enum class FieldValidation { kIgnore, kWarn, kStrict };

struct WriteOptions {
  // Do everything except storing.
  bool dry_run = false;
  // Store spec and status together, as the loader and tests do.
  bool keep_status = false;
  FieldValidation field_validation = FieldValidation::kWarn;
};

struct DeleteOptions {
  std::optional<std::int64_t> grace_period_seconds;
  std::string uid;
  std::string resource_version;
  // Keep the dependents.
  bool orphan = false;
  bool dry_run = false;
};

struct Written {
  ObjectPtr object;
  bool created = false;
  // Warnings for the client.
  std::vector<std::string> warnings;
};

struct Deleted {
  // The last state, or the current one if deletion is still in progress.
  ObjectPtr object;
  bool gone = false;
};

// Implements the write verbs on the store.
class Registry {
 public:
  // Creates the initial namespaces. `store` must outlive the registry.
  Registry(Store& store, std::span<const std::string_view> namespaces);

  // A request body decoded as an object of the resource's kind. Errors: 400.
  struct Decoded {
    JsonDocument object;
    std::vector<std::string> warnings;
  };
  static Outcome<Decoded> Decode(const Resource& resource, std::string_view body, FieldValidation validation);

  // POST. Ignores ref.name.
  Outcome<Written> Create(const ObjectRef& ref, JsonDocument object, const WriteOptions& options);
  // PUT.
  Outcome<Written> Update(const ObjectRef& ref, JsonDocument object, const WriteOptions& options);
  Outcome<Written> Patch(const ObjectRef& ref, PatchType type, std::string_view patch,
                         const WriteOptions& options);
  Outcome<Deleted> Delete(const ObjectRef& ref, DeleteOptions options);

  // Stores the object including status, whether or not it exists. For objects from files.
  Outcome<Written> Put(const ObjectRef& ref, JsonDocument object);

  // Creates the namespace if it does not exist.
  void EnsureNamespace(std::string_view ns);

 private:
  static bool IsTerminating(const Object& ns);
  std::optional<Status> AdmitToNamespace(const Resource& resource, std::string_view ns,
                                         std::string_view name) const;
  Outcome<Written> Replace(const ObjectRef& ref, const Object& old, JsonDocument object,
                           const WriteOptions& options);
  void SetSystemMembers(JsonDocument& object, bool loaded);
  std::optional<Status> CheckServiceAddresses(const Resource& resource, const Json& object,
                                              const Json* old) const;
  ObjectPtr Commit(const Resource& resource, JsonDocument& object, const Json* old);

  Outcome<Deleted> DeletePod(const Object& pod, DeleteOptions options);
  Outcome<Deleted> DeleteNamespace(const Object& ns, const DeleteOptions& options);
  ObjectPtr MarkDeleting(const Object& object, std::int64_t grace_period_seconds);
  // Removes the object and, unless `orphan`, its dependents.
  ObjectPtr Drop(const Object& object, bool orphan);
  // Removes a terminating namespace once it is empty and has no finalizers.
  void FinishNamespace(std::string_view ns);

  std::string NewUid();
  std::string NewSuffix();

  Store& store_;
  ServiceAllocator services_;
  std::mt19937_64 random_;
};

// Returns the time `seconds` from now, e.g. "2026-11-22T10:34:21Z".
std::string TimestampFromNow(std::int64_t seconds = 0);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_REGISTRY_H_
