// The table of served resources, from which routing, discovery and storage are derived.

#ifndef K8SM_TEST_APISERVER_RESOURCE_H_
#define K8SM_TEST_APISERVER_RESOURCE_H_

#include "test/apiserver/schema.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

// One resource and the ways in which its API differs from others.
struct Resource {
  // Empty for the core group.
  std::string_view group;
  std::string_view plural;
  std::string_view singular;
  std::string_view kind;
  bool namespaced = true;
  std::string_view short_name;
  // "all" if `kubectl get all` includes it.
  std::string_view category;
  std::string_view storage_version_hash;
  // The path under /registry that appears in error messages.
  std::string_view storage_prefix;
  bool has_status = false;
  bool has_finalize = false;
  bool has_delete_collection = true;
  // A PUT of an object that does not exist creates it.
  bool create_on_update = false;
  // A PUT without a resourceVersion replaces any version.
  bool unconditional_update = true;
  // DELETE returns the object instead of a Status.
  bool returns_deleted = false;
  // Dotted paths that field selectors support besides metadata.name and metadata.namespace.
  std::span<const std::string_view> selectable;
  // Sent as a warning with every response about it.
  std::string_view warning;

  // Returns e.g. "v1" or "discovery.k8s.io/v1".
  std::string ApiVersion() const;
  // Returns e.g. "endpoints" or "endpointslices.discovery.k8s.io".
  std::string QualifiedName() const;
  const ObjectType& Type() const { return Schema::Instance().Get(kind); }
};

// The version of every resource.
inline constexpr std::string_view kVersion = "v1";

// All resources, in the order of discovery.
std::span<const Resource> Resources();
const Resource* FindResource(std::string_view group, std::string_view plural);
// Finds a resource by plural alone; plurals are unique here.
const Resource* FindResource(std::string_view plural);
const Resource* FindKind(std::string_view api_version, std::string_view kind);

// All groups except the core group.
std::span<const std::string_view> Groups();

// Returns the position in Resources(). REQUIRES: the resource is in the table.
std::size_t IndexOf(const Resource& resource);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_RESOURCE_H_
