// JSON text to the plain values of lib/kube and back. Input is never trusted: whatever the text holds, the
// answer is a value or an error that names the object and the path in it.

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

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::kube_json {

// The object that `json` holds. The fields that a kube value has are read strictly: a wrong type, a number
// that does not fit, an unknown protocol, a missing metadata.name is kMalformed,
//
//   Pod default/web: .spec.containers[0].ports[1].hostPort: expected an integer, got a string
//
// with as much of the name as could be read. Other fields may hold anything. As in Go, null is the same as an
// absent field, and of a member that stands twice the last counts; unlike in Go, text that is not UTF-8 is
// refused. Also kMalformed: text that is no JSON, that goes on after the value, that nests deeper than
// kMaxDepth, or whose numbers exceed a double.
template <class T>
Result<T> Decode(std::string_view json);

template <>
Result<kube::Pod> Decode(std::string_view json);
template <>
Result<kube::Service> Decode(std::string_view json);
// Fills meta.preserved with every member of metadata that Encode does not write from other fields, in its own
// order and spelling, a deletionTimestamp among them; managedFields, selfLink and generation are left to the
// server. Fills meta.field_manager too, as far as managedFields can be read: nothing in them is an error.
template <>
Result<kube::Endpoints> Decode(std::string_view json);
// The metadata as with Endpoints.
template <>
Result<kube::EndpointSlice> Decode(std::string_view json);
template <>
Result<kube::Node> Decode(std::string_view json);
// The metadata as with Endpoints; of spec too, what Encode does not write is preserved.
template <>
Result<kube::Lease> Decode(std::string_view json);

// An Endpoints object whose annotation control-plane.alpha.kubernetes.io/leader holds a LeaderElectionRecord,
// as components of Kubernetes 1.2 to 1.13 elected on; without the annotation nobody holds it. `annotations`
// is without it, `preserved_spec` holds the members of the record that Encode does not write. kMalformed
// where the record is none too.
Result<kube::Lease> DecodeEndpointsLock(std::string_view json);

// As much of an object's metadata as can be read, whatever else is wrong with it; nothing where the object
// has no name that can be read. Without `preserved` and `field_manager`.
std::optional<kube::ObjectMeta> DecodeMeta(std::string_view json);
// The same of the object that an event of a watch is about.
std::optional<kube::ObjectMeta> DecodeEventMeta(std::string_view json);

enum class WatchEventType : std::uint8_t { kAdded, kModified, kDeleted, kBookmark, kError };

// What one JSON object of a watch says.
template <class T>
struct WatchEvent {
  WatchEventType type = WatchEventType::kError;
  // With kAdded and kModified; with kDeleted as much of its metadata as can be read, the name at least.
  std::optional<T> object;
  // Of the object or the bookmark: where a watch can be resumed.
  std::string resource_version;
  // With kBookmark: all that existed when a streaming list began has been sent (the annotation
  // k8s.io/initial-events-end is "true").
  bool initial_events_end = false;
  // With kError: why the server ends the watch, as DecodeStatus tells it.
  Error error;
};

// kMalformed, naming the object where that is possible, for an event of another type or shape, or whose
// object Decode<T> refuses. An event of type ERROR is a value.
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

// Why the API server refused a request, from its HTTP status and the body, a Status object as a rule. Never
// fails: of a body that is something else (a proxy's page), the message is its beginning, on one line.
Error DecodeStatus(int http_status, std::string_view body);

// The answer to /version, as it was given.
struct ServerVersion {
  std::string major;        // "1", or empty
  std::string minor;        // "36", "27+", "1.0", or empty
  std::string git_version;  // "v1.36.0"
};
Result<ServerVersion> DecodeServerVersion(std::string_view json);

// The groups and versions in an APIGroupList, the answer to /apis: "discovery.k8s.io/v1". kMalformed for what
// is none.
Result<std::vector<std::string>> DecodeGroupVersions(std::string_view json);

// The body of a POST or PUT. Members that are empty are left out where Go leaves them out; the same value
// always gives the same bytes.
std::string Encode(const kube::Endpoints& endpoints);
// Of a slice the lists are always there. Without a resource version it is to be created: then `generate_name`
// and `owner` are written too.
// REQUIRES: the family is set.
std::string Encode(const kube::EndpointSlice& slice);
std::string Encode(const kube::Lease& lease);
// The Endpoints object that DecodeEndpointsLock reads; times in whole seconds.
std::string EncodeEndpointsLock(const kube::Lease& lock);

std::string Encode(const kube::Event& event);

// The body of a PATCH, as a JSON merge patch, that tells of an event once more: its count, last time and
// message.
std::string EncodeRepetition(const kube::Event& event);

// The body of a DELETE (a v1 DeleteOptions) that spares any other object of that name: with the
// precondition's uid and resource version, as far as they are set.
std::string EncodeDeleteOptions(const kube::ObjectMeta& precondition);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_CODEC_H_
