// What an API server serves.

#ifndef K8SM_LIB_CLIENT_DISCOVERY_H_
#define K8SM_LIB_CLIENT_DISCOVERY_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/client/api_path.h"

namespace k8sm::client {

// Whether the server serves the resource, in its group and version. An error where it does not say: those of
// ApiClient::Do but kNotFound. The client has to outlive the call.
Awaitable<Result<bool>> Serves(ApiClient& client, const Resource& resource);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_DISCOVERY_H_
