// Compatibility with processes that still use an Endpoints object for the election, because they were started
// before the API server was upgraded to a version with Leases.

#ifndef K8SM_LIB_LEADER_FORMER_LOCK_H_
#define K8SM_LIB_LEADER_FORMER_LOCK_H_

#include "lib/base/error.h"
#include "lib/kube/lease.h"
#include "lib/leader/election_options.h"
#include "lib/leader/elector_machine.h"
#include "lib/leader/observed_record.h"

#include <optional>
#include <string>

namespace k8sm::leader {

// A state machine without I/O that runs before the election on the Lease. It waits until the Endpoints object
// has no holder, then marks its record as superseded. A standby that is about to acquire the Endpoints object
// ends when it reads the mark, and uses the Lease after its restart. So no two processes lead with different
// kinds of lock. If there is no record, or it is already marked, a single read suffices.
class FormerLock {
 public:
  using Moment = ElectorMachine::Moment;

  // REQUIRES: as for ElectorMachine.
  explicit FormerLock(ElectionOptions options);

  // Returns the next action on the Endpoints object: kGet (then call OnRead), kUpdate (then call OnWritten)
  // or kSleep. nullopt: the election on the Lease may begin.
  std::optional<ElectorAction> Next(const Moment& moment);

  // Takes the stored lock. kNotFound: there is none. kForbidden: no process with these permissions can have
  // used it. Both let the election begin.
  void OnRead(const Result<kube::Lease>& lock, const Moment& moment);
  // Takes the lock as stored by our write. After any error the write may have succeeded nevertheless.
  void OnWritten(const Result<kube::Lease>& stored, const Moment& moment);

  // The last observed holder; empty if there is none.
  const std::string& holder() const { return observed_.holder(); }

  // Whether another process holds the lock, as far as this process has observed.
  bool HeldByOther(ObservedRecord::TimePoint now) const { return observed_.HeldByOther(now); }

 private:
  enum class State { kRest, kWrite, kPassed };

  void Rest(ObservedRecord::TimePoint due);

  const ElectionOptions options_;
  ObservedRecord observed_;
  State state_ = State::kRest;
  ObservedRecord::TimePoint due_ = ObservedRecord::TimePoint::min();
  kube::Lease wanted_;
};

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_FORMER_LOCK_H_
