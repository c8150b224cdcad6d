// Discovery of the API server's version and API groups.

#ifndef K8SM_CONTROLLER_CLUSTER_DISCOVERY_H_
#define K8SM_CONTROLLER_CLUSTER_DISCOVERY_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/client/server_capabilities.h"

#include <optional>
#include <string>

namespace k8sm::controller {

// Determines the server's capabilities once at start. A server that is upgraded later is used with the
// capabilities of its old version until this program restarts. `client` must outlive it.
class Discovery {
 public:
  explicit Discovery(client::ApiClient& client) : client_(client) {}

  // Requests /version, /apis and client::MissingGroups(), and retries with backoff (200 ms to 1 s) until the
  // server answers. Logs the version and the missing features. A refused /version is not an error; a refused
  // /apis is retried. Has no deadline; ends early by cancellation.
  Awaitable<client::ServerCapabilities> Ask();

  // One attempt. Errors are those of ApiClient::Do, or kMalformed for an invalid response.
  Awaitable<Result<client::ServerCapabilities>> AskOnce();

  // The error of the last attempt; nullopt before the first attempt and after a successful one.
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  client::ApiClient& client_;
  std::optional<Error> trouble_;
};

// Asks the API server for namespace `ns`. Fails with kNotFound if it does not exist. If the server does not
// answer the question, e.g. for want of permission, logs that and succeeds: the lists that follow show more.
Awaitable<Result<void>> CheckNamespace(client::ApiClient& client, std::string ns);

// Asks whether nodes may be listed. If the server refuses with 401 or 403, logs that and returns false; other
// failures count as a yes.
Awaitable<bool> MayListNodes(client::ApiClient& client);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_CLUSTER_DISCOVERY_H_
