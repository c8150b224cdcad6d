// Converts JSON to and from the types of lib/kube. Input is untrusted: decoding returns a value, or an error
// that names the object and the JSON path.

#ifndef K8SM_LIB_KUBE_JSON_CODEC_H_
#define K8SM_LIB_KUBE_JSON_CODEC_H_

#include "lib/base/error.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/event.h"
#include "lib/kube/lease.h"
#include "lib/kube/node.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/watch_event.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::kube_json {

// Decodes one object. Fields that the type has are checked strictly: a wrong type, a number out of range, an
// unknown protocol or a missing metadata.name is kMalformed,
//
//   Pod default/web: .spec.containers[0].ports[1].hostPort: expected an integer, got a string
//
// with as much of the name as could be decoded. Other fields are ignored. As in Go, null means absent and the
// last of duplicate members counts; unlike in Go, text that is not valid UTF-8 is rejected. Also kMalformed:
// invalid JSON, data after the value, nesting deeper than kMaxDepth, and numbers that exceed a double.
template <class T>
Result<T> Decode(std::string_view json);

template <>
Result<kube::Pod> Decode(std::string_view json);
template <>
Result<kube::Service> Decode(std::string_view json);
// Sets meta.preserved to all members of metadata that Encode does not write from other fields, in their
// original order and spelling, including deletionTimestamp, but without managedFields, selfLink and
// generation, which the server maintains. Also sets meta.field_manager; invalid managedFields are not an
// error.
template <>
Result<kube::Endpoints> Decode(std::string_view json);
// Metadata is decoded as for Endpoints.
template <>
Result<kube::EndpointSlice> Decode(std::string_view json);
template <>
Result<kube::Node> Decode(std::string_view json);
// Metadata is decoded as for Endpoints. Members of spec that Encode does not write are preserved, too.
template <>
Result<kube::Lease> Decode(std::string_view json);

// Decodes an Endpoints object used as lock: its annotation control-plane.alpha.kubernetes.io/leader contains
// a LeaderElectionRecord, as used by components of Kubernetes 1.2 to 1.13. Without the annotation the lock is
// not held. `annotations` does not contain it, and `preserved_spec` contains the members of the record that
// Encode does not write. An invalid record is kMalformed, too.
Result<kube::Lease> DecodeEndpointsLock(std::string_view json);

// Decodes as much of an object's metadata as possible, whatever else is wrong with it; nullopt if the name
// cannot be decoded. Does not set `preserved` and `field_manager`.
std::optional<kube::ObjectMeta> DecodeMeta(std::string_view json);
// Like DecodeMeta(), for the object of a watch event.
std::optional<kube::ObjectMeta> DecodeEventMeta(std::string_view json);

using kube::WatchEvent;
using kube::WatchEventType;

// Decodes a watch event. Fails with kMalformed, naming the object if possible, if its type or shape is
// unknown or Decode<T> rejects its object. An event of type ERROR is returned as a value.
template <class T>
Result<WatchEvent<T>> DecodeWatchEvent(std::string_view json);

template <>
Result<WatchEvent<kube::Pod>> DecodeWatchEvent(std::string_view json);
template <>
Result<WatchEvent<kube::Service>> DecodeWatchEvent(std::string_view json);
template <>
Result<WatchEvent<kube::Endpoints>> DecodeWatchEvent(std::string_view json);
template <>
Result<WatchEvent<kube::EndpointSlice>> DecodeWatchEvent(std::string_view json);
template <>
Result<WatchEvent<kube::Node>> DecodeWatchEvent(std::string_view json);

// Classifies a refusal of the API server from the HTTP status and the body, which normally is a Status
// object. Never fails: for another body (e.g. a proxy's page) the message is its beginning, on one line.
Error DecodeStatus(int http_status, std::string_view body);

// Returns whether an object is gone, from the response with status 2xx to its DELETE: a Status with Success,
// or the object, which stays as long as it has finalizers. Fails with kMalformed for anything else, such as a
// proxy's page.
Result<bool> IsGone(std::string_view json);

// The response to /version, unmodified.
struct ServerVersion {
  std::string major;        // "1"; may be empty
  std::string minor;        // "36", "27+" or "1.0"; may be empty
  std::string git_version;  // "v1.36.0"
};
// Decodes the response to /version. Missing fields are empty. Fails with kMalformed for wrong types.
Result<ServerVersion> DecodeServerVersion(std::string_view json);

// Decodes an APIGroupList, the response to /apis, to group versions such as "discovery.k8s.io/v1". Fails with
// kMalformed if it is not an APIGroupList.
Result<std::vector<std::string>> DecodeGroupVersions(std::string_view json);

// Encodes the body of a POST or PUT. Empty members are omitted where Go omits them. Deterministic: equal
// values give equal bytes.
std::string Encode(const kube::Endpoints& endpoints);
// Lists are written even if they are empty. If there is no resource version, the slice is to be created, and
// `generate_name` and `owner` are written, too. REQUIRES: the family is set.
std::string Encode(const kube::EndpointSlice& slice);
std::string Encode(const kube::Lease& lease);
// Encodes the Endpoints object that DecodeEndpointsLock decodes. Times are truncated to seconds.
std::string EncodeEndpointsLock(const kube::Lease& lock);

std::string Encode(const kube::Event& event);

// Encodes a JSON merge patch that updates a repeated event: its count, last time and message.
std::string EncodeRepetition(const kube::Event& event);

// Encodes the body of a DELETE (v1 DeleteOptions) with the UID and resource version in `precondition` as
// preconditions, as far as they are set.
std::string EncodeDeleteOptions(const kube::ObjectMeta& precondition);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_CODEC_H_
