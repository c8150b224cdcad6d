// The behaviour of each kind besides storage (as in k8s.io/apiserver: rest strategies).

#ifndef K8SM_TEST_APISERVER_STRATEGY_H_
#define K8SM_TEST_APISERVER_STRATEGY_H_

#include "test/apiserver/field_error.h"
#include "test/apiserver/format_checks.h"
#include "test/apiserver/json.h"
#include "test/apiserver/resource.h"

namespace k8sm::apiserver {

// The functions of a kind; any may be null. Objects passed to them are decoded: members have their type or
// are absent.
struct Strategy {
  NameForm name_form = NameForm::kDnsSubdomain;
  // Sets defaults; called for every write, of spec or status.
  void (*set_defaults)(Json& object, JsonAllocator& allocator) = nullptr;
  // Sets what only a new object gets.
  void (*prepare_create)(Json& object, JsonAllocator& allocator) = nullptr;
  // Restores what an update must not change, or takes over from the old object.
  void (*prepare_update)(Json& object, const Json& old, JsonAllocator& allocator) = nullptr;
  // Brings the object into the form in which it is stored.
  void (*canonicalize)(Json& object, JsonAllocator& allocator) = nullptr;
  void (*validate)(const Json& object, FieldErrors& errors) = nullptr;
  void (*validate_update)(const Json& object, const Json& old, FieldErrors& errors) = nullptr;
  // If set, metadata.generation is incremented when this returns true.
  bool (*changes_generation)(const Json& object, const Json& old) = nullptr;
};

const Strategy& StrategyFor(const Resource& resource);

// Validates name, namespace, labels, annotations, finalizers and owner references.
void ValidateMetadata(const Resource& resource, const Json& object, FieldErrors& errors);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_STRATEGY_H_
