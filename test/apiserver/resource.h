// The one table of the resources that the server serves: routing, discovery and storage follow it.

#ifndef K8SM_TEST_APISERVER_RESOURCE_H_
#define K8SM_TEST_APISERVER_RESOURCE_H_

#include "test/apiserver/schema.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

struct Resource {
  // Empty for the core group.
  std::string_view group;
  std::string_view plural;
  std::string_view singular;
  std::string_view kind;
  bool namespaced = true;
  std::string_view short_name;
  // "all" for what `kubectl get all` shows.
  std::string_view category;
  std::string_view storage_version_hash;
  // The path under /registry that error messages name.
  std::string_view storage_prefix;
  bool has_status = false;
  bool has_finalize = false;
  bool has_delete_collection = true;
  // A PUT of what does not exist creates it.
  bool create_on_update = false;
  // A PUT without resourceVersion replaces whatever is there.
  bool unconditional_update = true;
  // DELETE answers with the object instead of a Status.
  bool returns_deleted = false;
  // Dotted paths that a field selector may name besides metadata.name and metadata.namespace.
  std::span<const std::string_view> selectable;
  // Sent with every answer about it.
  std::string_view warning;

  // "v1", "discovery.k8s.io/v1"
  std::string ApiVersion() const;
  // "endpoints", "endpointslices.discovery.k8s.io"
  std::string QualifiedName() const;
  const ObjectType& Type() const { return Schema::Instance().Get(kind); }
};

// Every resource serves this version.
inline constexpr std::string_view kVersion = "v1";

// In the order of discovery.
std::span<const Resource> Resources();
const Resource* FindResource(std::string_view group, std::string_view plural);
// The first with this plural; plurals are unique here.
const Resource* FindResource(std::string_view plural);
const Resource* FindKind(std::string_view api_version, std::string_view kind);

// The groups but the core group.
std::span<const std::string_view> Groups();

// REQUIRES: the resource is in the table.
std::size_t IndexOf(const Resource& resource);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_RESOURCE_H_
