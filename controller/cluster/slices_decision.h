// Whether EndpointSlices are written.

#ifndef K8SM_CONTROLLER_CLUSTER_SLICES_DECISION_H_
#define K8SM_CONTROLLER_CLUSTER_SLICES_DECISION_H_

#include "controller/program/options.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"

#include <optional>

namespace k8sm::controller {

// Decided by what is wanted and, where that matters, by what the API server serves. The client has to outlive
// it.
class SlicesDecision {
 public:
  SlicesDecision(client::ApiClient& client, EndpointSlices wanted) : client_(client), wanted_(wanted) {}

  // Asks the API server until it answers. kInvalidConfig where slices are wanted and can't be had. Ends by
  // cancellation too.
  Awaitable<Result<bool>> Decide();

  // Why the API server does not answer at present.
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  client::ApiClient& client_;
  const EndpointSlices wanted_;
  std::optional<Error> trouble_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_CLUSTER_SLICES_DECISION_H_
