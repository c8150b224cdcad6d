// Decodes each kind of object. Internal to lib/kube_proto: exposes protozero.

#ifndef K8SM_LIB_KUBE_PROTO_DECODE_H_
#define K8SM_LIB_KUBE_PROTO_DECODE_H_

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
inline constexpr std::string_view kKind<kube::Node> = "Node";

// Fill the object from its message.
void Read(Message& root, kube::Pod& pod);
void Read(Message& root, kube::Service& service);
void Read(Message& root, kube::Node& node);
void Read(Message& root, kube::Status& status);

// One entry of a map from string to string; missing parts are empty.
struct Entry {
  std::string_view key;
  std::string_view value;
};
Entry ReadEntry(Message& map, std::string_view name);

// The field of ObjectMeta that has an annotation.
inline constexpr std::uint32_t kAnnotations = 12;
// Keeps the annotation in `meta` if its key begins with `prefix`.
void KeepAnnotation(const Entry& annotation, std::string_view prefix, kube::ObjectMeta& meta);

// Reads the current field of `metadata` into `meta`, with only those annotations whose key begins with
// `annotations`.
void ReadMetaField(Message& metadata, std::string_view annotations, kube::ObjectMeta& meta);

// Returns the metadata of the object `root`, as far as it can be read.
kube::ObjectMeta ReadMeta(Message& root);

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
