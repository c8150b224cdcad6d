// What the server does to objects of each kind besides storing them: one row of functions a kind.

#ifndef K8SM_TEST_APISERVER_STRATEGY_H_
#define K8SM_TEST_APISERVER_STRATEGY_H_

#include "test/apiserver/field_error.h"
#include "test/apiserver/format_checks.h"
#include "test/apiserver/json.h"
#include "test/apiserver/resource.h"

namespace k8sm::apiserver {

// Any of them may be null. Objects have been decoded: members are of their types or absent.
struct Strategy {
  NameForm name_form = NameForm::kDnsSubdomain;
  // Fills in what the writer left out; done with every write, of spec or status.
  void (*set_defaults)(Json& object, JsonAllocator& allocator) = nullptr;
  // What only a new object gets.
  void (*prepare_create)(Json& object, JsonAllocator& allocator) = nullptr;
  // What an update can't change, or takes over from the old object.
  void (*prepare_update)(Json& object, const Json& old, JsonAllocator& allocator) = nullptr;
  // The order and form in which it is kept.
  void (*canonicalize)(Json& object, JsonAllocator& allocator) = nullptr;
  void (*validate)(const Json& object, FieldErrors& errors) = nullptr;
  void (*validate_update)(const Json& object, const Json& old, FieldErrors& errors) = nullptr;
  // Where set, metadata.generation counts what this calls a change.
  bool (*changes_generation)(const Json& object, const Json& old) = nullptr;
};

const Strategy& StrategyFor(const Resource& resource);

// Name, namespace, labels, annotations, finalizers and owners.
void ValidateMetadata(const Resource& resource, const Json& object, FieldErrors& errors);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_STRATEGY_H_
