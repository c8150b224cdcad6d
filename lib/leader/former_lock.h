// What an election on leases owes to the processes that elect on an Endpoints object still: those that were
// started before the API server was upgraded to one that has leases.

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

// A state machine without I/O, passed before the election on the Lease begins. It waits until nobody holds
// the Endpoints object, then marks its record as superseded: whoever stands by for it, and would take it at
// the same moment, ends when it sees that, and elects on the Lease when it is started again. Where there is
// no record, or one that is marked, one read is all. So nobody leads by the one kind of lock while another
// does by the other.
class FormerLock {
 public:
  using Moment = ElectorMachine::Moment;

  // REQUIRES: options as ElectorMachine does.
  explicit FormerLock(ElectionOptions options);

  // What to do next: kGet (then OnRead), kUpdate (then OnWritten) or kSleep, of the Endpoints object;
  // nothing: the election on the Lease may begin.
  std::optional<ElectorAction> Next(const Moment& moment);

  // kNotFound: there is none. kForbidden: no process with these permissions can have elected on it.
  void OnRead(const Result<kube::Lease>& lock, const Moment& moment);
  void OnWritten(const Result<kube::Lease>& stored, const Moment& moment);

  // Who holds it; empty: nobody.
  const std::string& holder() const { return observed_.holder(); }
  // Whether another process was seen to renew it.
  bool rival_lives() const { return observed_.rival_lives(); }

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
