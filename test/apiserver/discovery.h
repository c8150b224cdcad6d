// Version, health, API groups, resources and OpenAPI documents.

#ifndef K8SM_TEST_APISERVER_DISCOVERY_H_
#define K8SM_TEST_APISERVER_DISCOVERY_H_

#include "test/apiserver/http_message.h"
#include "test/apiserver/target.h"

#include <optional>

namespace k8sm::apiserver {

// Returns nullopt if the path is none of these.
std::optional<Response> Discover(const Request& request, const Target& target);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_DISCOVERY_H_
