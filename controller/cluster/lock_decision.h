// Which kind of object the election is held on.

#ifndef K8SM_CONTROLLER_CLUSTER_LOCK_DECISION_H_
#define K8SM_CONTROLLER_CLUSTER_LOCK_DECISION_H_

#include "controller/program/options.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/leader/lock_kind.h"

#include <optional>

namespace k8sm::controller {

// Decided by what is wanted and, with kAuto, by what the API server serves: every process that asks the same
// server chooses alike. The client has to outlive it.
class LockDecision {
 public:
  LockDecision(client::ApiClient& client, ResourceLock wanted) : client_(client), wanted_(wanted) {}

  // Asks the API server until it answers. Ends by cancellation too.
  Awaitable<leader::LockKind> Decide();

  // Why the API server does not answer at present.
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  client::ApiClient& client_;
  const ResourceLock wanted_;
  std::optional<Error> trouble_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_CLUSTER_LOCK_DECISION_H_
