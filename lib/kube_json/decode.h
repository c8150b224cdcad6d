// Reading each kind of object out of a tree. Internal to the room: this header shows RapidJSON.

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

// Fills the object from the tree's root.
void Read(const Field& root, kube::Pod& pod);
void Read(const Field& root, kube::Service& service);
void Read(const Field& root, kube::Endpoints& endpoints);
void Read(const Field& root, kube::EndpointSlice& slice);
void Read(const Field& root, kube::Node& node);
void Read(const Field& root, kube::Lease& lease);

// The metadata of the object at `root`, of its annotations those that begin with `annotations`; without
// `preserved` and `field_manager`.
kube::ObjectMeta ReadMeta(const Field& root, std::string_view annotations = {});

// The whole metadata, of an object of a kind that we write.
kube::ObjectMeta ReadWholeMeta(const Field& root);

// The members of an object whose names are not among `written`, as JSON text `"name":value,…`.
std::string ReadPreserved(const Field& object, std::span<const std::string_view> written);

// A time to the microsecond; nothing where it is absent or empty.
std::optional<kube::MicroTime> ReadMicroTime(const Field& field);

// What Endpoints and slices have in common: a targetRef and a list of ports.
std::optional<kube::ObjectReference> ReadReference(const Field& field);
std::vector<kube::EndpointPort> ReadPorts(const Field& list);

// kMalformed: "Pod default/web: .spec: expected an object, got a list".
Error MalformedObject(std::string_view kind, const kube::ObjectMeta& meta, const Problem& problem);

// The refusal that a Status object tells; of what is none, or has members of other types, what can be read.
// `http_status` is that of the answer, 0 where the Status came in a watch.
Error ReadStatus(int http_status, const rapidjson::Value& status);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_DECODE_H_
