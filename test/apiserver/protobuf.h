// Kubernetes' protobuf encoding of responses: Pods, Services, Endpoints, EndpointSlices, metadata alone,
// their lists, and Statuses.

#ifndef K8SM_TEST_APISERVER_PROTOBUF_H_
#define K8SM_TEST_APISERVER_PROTOBUF_H_

#include "test/apiserver/http_message.h"
#include "test/apiserver/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::apiserver {

inline constexpr std::string_view kProtobuf = "application/vnd.kubernetes.protobuf";

// Returns the message of one object, without an envelope; nullopt if this kind is not known. Members without
// a number in the table are left out, so a message is somewhat smaller than kube-apiserver's.
std::optional<std::string> ProtobufMessage(std::string_view kind, const Json& object);

// Returns an object, list or Status in its envelope; nullopt if it is not JSON or of an unknown kind.
std::optional<std::string> ToProtobuf(std::string_view json);

// Returns the events as frames; `lines` has one JSON event per line. A last line without a line end becomes a
// truncated frame. nullopt if an event cannot be encoded.
std::optional<std::string> ToProtobufFrames(std::string_view lines);

// Encodes the body in protobuf if the request prefers that and the body can be; else returns the response
// unchanged. For a watch, sets Response::protobuf, and the events have to be encoded when they are sent.
Response InPreferredEncoding(const Request& request, Response response);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_PROTOBUF_H_
