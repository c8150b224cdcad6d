// Asking an API server what it can do.

#ifndef K8SM_CONTROLLER_CLUSTER_DISCOVERY_H_
#define K8SM_CONTROLLER_CLUSTER_DISCOVERY_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/client/server_capabilities.h"

#include <optional>

namespace k8sm::controller {

// Asked once at start: a server that is upgraded meanwhile is used as the older one that it was. The client
// has to outlive it.
class Discovery {
 public:
  explicit Discovery(client::ApiClient& client) : client_(client) {}

  // Asks until the API server answers, and logs the answer and what it lacks. A refused /version is done
  // without. Ends by cancellation too.
  Awaitable<client::ServerCapabilities> Ask();

  // Why the API server does not answer at present.
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  Awaitable<Result<client::ServerCapabilities>> Try();

  client::ApiClient& client_;
  std::optional<Error> trouble_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_CLUSTER_DISCOVERY_H_
