// A stored object: its text, and the properties that lists, watches and garbage collection need.

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

// Immutable once stored; shared by lists, events and watchers.
struct Object {
  const Resource* resource = nullptr;
  std::string ns;
  std::string name;
  std::string uid;
  std::uint64_t resource_version = 0;
  std::map<std::string, std::string, std::less<>> labels;
  // The values of resource->selectable, in the same order.
  std::vector<std::string> fields;
  // The uids of the owners.
  std::vector<std::string> owner_uids;
  // JSON, beginning with kind and apiVersion.
  std::string text;

  // Returns "ns/name", or "name" for a cluster-scoped object. Lists are sorted by it.
  std::string Key() const;
  // Returns the text as it appears in a list: without kind and apiVersion, beginning at "metadata", without
  // the opening brace.
  std::string_view ItemText() const;
  // Parses the text. Cannot fail: the text was parsed before it was stored.
  JsonDocument Parse() const;
};

using ObjectPtr = std::shared_ptr<const Object>;

// Returns "ns/name", or "name" if `ns` is empty.
std::string ObjectKey(std::string_view ns, std::string_view name);

// Makes a stored object from JSON whose metadata is complete.
ObjectPtr MakeObject(const Resource& resource, const Json& object);

// Returns a copy with another resourceVersion, as the DELETED event needs it.
ObjectPtr AtResourceVersion(const Object& object, std::uint64_t resource_version);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_OBJECT_H_
