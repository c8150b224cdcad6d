// Decodes each kind of object from a JSON tree. Internal to lib/kube_json: exposes RapidJSON.

#ifndef K8SM_LIB_KUBE_JSON_DECODE_H_
#define K8SM_LIB_KUBE_JSON_DECODE_H_

#include "lib/base/error.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/lease.h"
#include "lib/kube/node.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube_json/field.h"

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::kube_json {

template <class T>
inline constexpr std::string_view kKind = {};
template <>
inline constexpr std::string_view kKind<kube::Pod> = "Pod";
template <>
inline constexpr std::string_view kKind<kube::Service> = "Service";
template <>
inline constexpr std::string_view kKind<kube::Endpoints> = "Endpoints";
template <>
inline constexpr std::string_view kKind<kube::EndpointSlice> = "EndpointSlice";
template <>
inline constexpr std::string_view kKind<kube::Node> = "Node";
template <>
inline constexpr std::string_view kKind<kube::Lease> = "Lease";

// Fill the object from the root of the tree.
void Read(const Field& root, kube::Pod& pod);
void Read(const Field& root, kube::Service& service);
void Read(const Field& root, kube::Endpoints& endpoints);
void Read(const Field& root, kube::EndpointSlice& slice);
void Read(const Field& root, kube::Node& node);
void Read(const Field& root, kube::Lease& lease);

// Returns the metadata of the object at `root`, with only those annotations whose key begins with
// `annotations` and without `preserved` and `field_manager`.
kube::ObjectMeta ReadMeta(const Field& root, std::string_view annotations = {});

// Returns the complete metadata, for kinds that we write.
kube::ObjectMeta ReadWholeMeta(const Field& root);

// Returns the members of an object that are not in `written`, as JSON text `"name":value,…`.
std::string ReadPreserved(const Field& object, std::span<const std::string_view> written);

// Returns a time with microseconds; nullopt if it is absent or empty.
std::optional<kube::MicroTime> ReadMicroTime(const Field& field);

// Whether an object, if present, has no members except these.
bool HasOnly(std::initializer_list<std::string_view> names, const Field& object);

// Parts common to Endpoints and slices: a targetRef and a list of ports.
std::optional<kube::ObjectReference> ReadReference(const Field& field);
std::vector<kube::EndpointPort> ReadPorts(const Field& list);

// Converts a Status object to an error. Members that are missing or have the wrong type are ignored.
// `http_status` is that of the response, 0 for a Status in a watch.
Error ReadStatus(int http_status, const rapidjson::Value& status);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_DECODE_H_
