// Decodes Kubernetes' protobuf encoding (application/vnd.kubernetes.protobuf) to the types of lib/kube, to
// the same values as lib/kube_json decodes the same objects in JSON. In place: what is not needed is skipped
// by its length and neither copied nor checked. Input is untrusted: decoding returns a value, or an error
// that names the object and the path.
//
// Objects are written in JSON. An update of Endpoints and EndpointSlices preserves the metadata that is not
// modelled (ObjectMeta::preserved), so a field of their metadata that this decoder does not know, and could
// not write as JSON, is an error of its own, kUnknownField, unless its value is Go's zero value.

#ifndef K8SM_LIB_KUBE_PROTO_CODEC_H_
#define K8SM_LIB_KUBE_PROTO_CODEC_H_

#include "lib/base/error.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/node.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/watch_event.h"

#include <optional>
#include <string_view>

namespace k8sm::kube_proto {

// Decodes the message of one object, as it is in a list: without an envelope. Fields that the type has are
// checked as for JSON: a wrong wire type, a number out of range, an unknown protocol, invalid UTF-8 or a
// missing metadata.name is kMalformed,
//
//   Pod default/web: .spec.containers[0].ports[1].hostPort: the integer does not fit into 32 bits
//
// with as much of the name as could be decoded. So is a message that ends early. kUnknownField is described
// above.
template <class T>
Result<T> Decode(std::string_view message);

template <>
Result<kube::Pod> Decode(std::string_view message);
template <>
Result<kube::Service> Decode(std::string_view message);
template <>
Result<kube::Endpoints> Decode(std::string_view message);
template <>
Result<kube::EndpointSlice> Decode(std::string_view message);
// Also decodes a PartialObjectMetadata.
template <>
Result<kube::Node> Decode(std::string_view message);

// Decodes as much of an object's metadata as possible, whatever else is wrong with it; nullopt if the name
// cannot be decoded. Does not set `preserved` and `field_manager`; `annotations` only if there is no problem.
std::optional<kube::ObjectMeta> DecodeMeta(std::string_view message);
// Like DecodeMeta(), for the object of a watch event.
std::optional<kube::ObjectMeta> DecodeEventMeta(std::string_view event);

// Returns which version of which object an ADDED or MODIFIED event contains; nullopt if that cannot be read,
// and for other events. The rest is not looked at, so use it only to recognize an object that has been
// decoded before.
std::optional<kube::ObjectVersion> PeekEventVersion(std::string_view event);

// Decodes a watch event, as WatchFramer returns it. Fails with kMalformed, naming the object if possible, if
// its type is unknown, its object is of another kind or Decode<T> rejects it. Of the object of a DELETED
// event only the metadata is read, as by DecodeMeta(). An event of type ERROR is returned as a value.
template <class T>
Result<kube::WatchEvent<T>> DecodeWatchEvent(std::string_view event);

template <>
Result<kube::WatchEvent<kube::Pod>> DecodeWatchEvent(std::string_view event);
template <>
Result<kube::WatchEvent<kube::Service>> DecodeWatchEvent(std::string_view event);
template <>
Result<kube::WatchEvent<kube::Endpoints>> DecodeWatchEvent(std::string_view event);
template <>
Result<kube::WatchEvent<kube::EndpointSlice>> DecodeWatchEvent(std::string_view event);
template <>
Result<kube::WatchEvent<kube::Node>> DecodeWatchEvent(std::string_view event);

// Classifies a refusal of the API server from the HTTP status and the body, normally a Status. Never fails.
Error DecodeStatus(int http_status, std::string_view body);

}  // namespace k8sm::kube_proto

#endif  // K8SM_LIB_KUBE_PROTO_CODEC_H_
