// Records and delays used by all state machines of this library. Internal to lib/leader.

#ifndef K8SM_LIB_LEADER_ELECTION_RULES_H_
#define K8SM_LIB_LEADER_ELECTION_RULES_H_

#include "lib/base/error.h"
#include "lib/kube/lease.h"
#include "lib/kube/micro_time.h"
#include "lib/leader/election_options.h"

#include <chrono>

namespace k8sm::leader {

// Returns the lock with a record stating that options.identity acquired it at `wall`.
kube::Lease Taken(kube::Lease lock, const ElectionOptions& options, kube::MicroTime wall);
// Returns the lock with a record stating that options.identity still holds it and renewed it at `wall`.
kube::Lease Renewed(kube::Lease lock, const ElectionOptions& options, kube::MicroTime wall);
// Returns the lock with a record stating that it was released at `wall`.
kube::Lease Released(kube::Lease lock, kube::MicroTime wall);

// Delay before a held lock is read again: a quarter to a half of retry_period. REQUIRES: 0 <= random < 1.
std::chrono::milliseconds PauseBeforeLook(std::chrono::milliseconds retry_period, double random);
// Delay after a failed attempt: 1 to 2.2 times retry_period, or the server's Retry-After.
std::chrono::milliseconds PauseAfter(const Error& error, std::chrono::milliseconds retry_period,
                                     double random);

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_ELECTION_RULES_H_
