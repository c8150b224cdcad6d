// The writes of the API: what becomes of an object between the request and the store.

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

// Which object, or for a create: where.
struct ObjectRef {
  const Resource* resource = nullptr;
  std::string ns;
  std::string name;
  Subresource subresource = Subresource::kNone;
};

// What to do about members that the schema does not know.
enum class FieldValidation { kIgnore, kWarn, kStrict };

struct WriteOptions {
  // Does everything but storing.
  bool dry_run = false;
  // Stores spec and status together, as the loader and tests do.
  bool keep_status = false;
  FieldValidation field_validation = FieldValidation::kWarn;
};

struct DeleteOptions {
  std::optional<std::int64_t> grace_period_seconds;
  std::string uid;
  std::string resource_version;
  // Dependents stay.
  bool orphan = false;
  bool dry_run = false;
};

struct Written {
  ObjectPtr object;
  bool created = false;
  // For the client, about its request.
  std::vector<std::string> warnings;
};

struct Deleted {
  // The last state, or the state in which it goes on being deleted.
  ObjectPtr object;
  bool gone = false;
};

class Registry {
 public:
  // Makes the namespaces that every cluster has. The store has to outlive the registry.
  Registry(Store& store, std::span<const std::string_view> namespaces);

  // The body of a request as an object of the resource's kind. 400 for what is none.
  struct Decoded {
    JsonDocument object;
    std::vector<std::string> warnings;
  };
  static Outcome<Decoded> Decode(const Resource& resource, std::string_view body, FieldValidation validation);

  // POST. `ref.name` is not used.
  Outcome<Written> Create(const ObjectRef& ref, JsonDocument object, const WriteOptions& options);
  // PUT.
  Outcome<Written> Update(const ObjectRef& ref, JsonDocument object, const WriteOptions& options);
  Outcome<Written> Patch(const ObjectRef& ref, PatchType type, std::string_view patch,
                         const WriteOptions& options);
  Outcome<Deleted> Delete(const ObjectRef& ref, DeleteOptions options);

  // Stores the object with its status, whether it exists or not; for objects that come from files.
  Outcome<Written> Put(const ObjectRef& ref, JsonDocument object);

  // Creates the namespace where it is missing.
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
  // Removes it and what depends on it.
  ObjectPtr Drop(const Object& object, bool orphan);
  // Removes a terminating namespace once nothing is left that it waits for.
  void FinishNamespace(std::string_view ns);

  std::string NewUid();
  std::string NewSuffix();

  Store& store_;
  ServiceAllocator services_;
  std::mt19937_64 random_;
};

// "2026-11-22T10:34:21Z", now and `seconds` later.
std::string TimestampFromNow(std::int64_t seconds = 0);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_REGISTRY_H_
