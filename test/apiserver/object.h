// A stored object: its text, and what lists, watches and the garbage collector ask of it.

#ifndef K8SM_TEST_APISERVER_OBJECT_H_
#define K8SM_TEST_APISERVER_OBJECT_H_

#include "test/apiserver/json.h"
#include "test/apiserver/resource.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

// Immutable once stored; lists, events and watchers share it.
struct Object {
  const Resource* resource = nullptr;
  std::string ns;
  std::string name;
  std::string uid;
  std::uint64_t resource_version = 0;
  std::map<std::string, std::string, std::less<>> labels;
  // The values of resource->selectable, in its order.
  std::vector<std::string> fields;
  // Of the objects that own this one.
  std::vector<std::string> owner_uids;
  // With kind and apiVersion first.
  std::string text;

  // "ns/name", or "name" outside namespaces: the order of lists.
  std::string Key() const;
  // The text as it stands in a list: without kind and apiVersion, from its "metadata" on, and without the
  // opening brace.
  std::string_view ItemText() const;
  // REQUIRES: nothing; the text has been parsed before.
  JsonDocument Parse() const;
};

using ObjectPtr = std::shared_ptr<const Object>;

// "ns/name", or "name" where `ns` is empty.
std::string ObjectKey(std::string_view ns, std::string_view name);

// Of an object whose metadata is complete.
ObjectPtr MakeObject(const Resource& resource, const Json& object);

// The same object at another resourceVersion, as the last event about it carries.
ObjectPtr AtResourceVersion(const Object& object, std::uint64_t resource_version);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_OBJECT_H_
