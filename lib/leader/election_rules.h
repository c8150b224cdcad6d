// The records and pauses that every elector uses. Internal to the room.

#ifndef K8SM_LIB_LEADER_ELECTION_RULES_H_
#define K8SM_LIB_LEADER_ELECTION_RULES_H_

#include "lib/base/error.h"
#include "lib/kube/lease.h"
#include "lib/kube/micro_time.h"
#include "lib/leader/election_options.h"

#include <chrono>

namespace k8sm::leader {

// The lock with a record that says that options.identity took it at `wall`.
kube::Lease Taken(kube::Lease lock, const ElectionOptions& options, kube::MicroTime wall);
// ... that it holds it and renewed it at `wall`.
kube::Lease Renewed(kube::Lease lock, const ElectionOptions& options, kube::MicroTime wall);
// ... that it gave it up at `wall`.
kube::Lease Released(kube::Lease lock, kube::MicroTime wall);

// Until the next look at a lock that somebody holds: a quarter to half of the period. 0 <= random < 1.
std::chrono::milliseconds PauseBeforeLook(std::chrono::milliseconds retry_period, double random);
// Until the next attempt after one that failed: one to 2.2 periods, or what the server asks for.
std::chrono::milliseconds PauseAfter(const Error& error, std::chrono::milliseconds retry_period,
                                     double random);

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_ELECTION_RULES_H_
