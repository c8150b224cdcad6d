// Decodes each kind of object. Internal to lib/kube_proto: exposes protozero.

#ifndef K8SM_LIB_KUBE_PROTO_DECODE_H_
#define K8SM_LIB_KUBE_PROTO_DECODE_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/label_map.h"
#include "lib/kube/node.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/status.h"
#include "lib/kube_proto/message.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace k8sm::kube_proto {

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

// Fill the object from its message.
void Read(Message& root, kube::Pod& pod);
void Read(Message& root, kube::Service& service);
void Read(Message& root, kube::Endpoints& endpoints);
void Read(Message& root, kube::EndpointSlice& slice);
void Read(Message& root, kube::Node& node);
void Read(Message& root, kube::Status& status);

// One entry of a map from string to string; missing parts are empty. A value that is not checked may be
// invalid UTF-8.
struct Entry {
  std::string_view key;
  std::string_view value;
};
enum class Value { kChecked, kUnchecked };
Entry ReadEntry(Message& map, std::string_view name, Value value = Value::kChecked);

// The field of ObjectMeta that has an annotation.
inline constexpr std::uint32_t kAnnotations = 12;
// Reads an annotation. API servers do not check that its value is valid UTF-8.
Entry ReadAnnotation(Message& metadata);
// Keeps the annotation in `meta` if its key begins with `prefix`. Invalid bytes become U+FFFD, as in JSON.
void KeepAnnotation(const Entry& annotation, std::string_view prefix, kube::ObjectMeta& meta);

// Reads the current field of `metadata` into `meta`, with only those annotations whose key begins with
// `annotations`. Returns whether it is one of those that ObjectMeta has, apart from `preserved` and
// `field_manager`; the value has not been read otherwise.
bool ReadMetaField(Message& metadata, std::string_view annotations, kube::ObjectMeta& meta);

// Returns the metadata of the object `root`, as far as it can be read.
kube::ObjectMeta ReadMeta(Message& root);

// The pod behind an address.
struct DecodedReference {
  kube::ObjectReference reference;
  bool has_version = false;  // a resourceVersion
  bool exact = true;         // whether it has no fields but these
};
DecodedReference ReadReference(Message field);

// Reads a port of Endpoints or of a slice, whose messages have two of the fields under other numbers.
struct PortFields {
  std::uint32_t port;
  std::uint32_t protocol;
};
kube::EndpointPort ReadPort(Message field, PortFields fields);

// Records a problem if there is no name.
void CheckName(const kube::ObjectMeta& meta, Problem& problem);

// The parts of runtime.Unknown, in which an object, a list or a Status is sent.
struct Envelope {
  std::string_view kind;
  std::string_view raw;
};
// Opens an envelope, which begins with kMagic. Records a problem if it is none.
Envelope OpenEnvelope(std::string_view bytes, Problem& problem);

inline constexpr std::string_view kMagic("k8s\0", 4);

}  // namespace k8sm::kube_proto

#endif  // K8SM_LIB_KUBE_PROTO_DECODE_H_
