// The election of a leader on a lock, a Lease as a rule, as a state machine without I/O: it says what to do
// next and is told what came of it. Mirrors client-go's leader elector (tools/leaderelection), on a clock of
// its own choice, and with a leader that knows until when it is one.

#ifndef K8SM_LIB_LEADER_ELECTOR_MACHINE_H_
#define K8SM_LIB_LEADER_ELECTOR_MACHINE_H_

#include "lib/base/boot_clock.h"
#include "lib/base/error.h"
#include "lib/kube/lease.h"
#include "lib/kube/micro_time.h"
#include "lib/leader/election_options.h"
#include "lib/leader/observed_record.h"

#include <cstdint>
#include <optional>
#include <string>

namespace k8sm::leader {

// What to do next.
struct ElectorAction {
  enum class Type {
    kGet,         // read the lease; then OnRead
    kCreate,      // create `lease`; then OnWritten
    kUpdate,      // write `lease`, conditional on its resourceVersion; then OnWritten
    kSleep,       // wait until `until`, or for a call of Release()
    kLost,        // the end: another process leads, or may do so soon
    kReleased,    // the end that Release() has asked for
    kSuperseded,  // the end of a standby: others elect on leases by now
  };
  Type type = Type::kSleep;
  kube::Lease lease;
  BootClock::time_point until{};
};

// Takes the lease where nobody holds it, or where its record has not changed for as long as the record says
// that it holds. Clocks of different machines are never compared: what counts is when a change was seen here.
//
// A leader is sure of itself until `renew_deadline` after it has *sent* its last renewal that succeeded, and
// whoever takes over waits `lease_duration` from when it has *seen* that renewal, which is later. So there
// are never two, and between the one's end and the other's beginning lies what lets their clocks differ in
// rate. A leader that can't renew until then has lost; so has one that finds somebody else, or nobody, in the
// lease.
//
// Others look at the lease four to two times in a retry_period, and so notice a release within half of it; a
// leader renews each retry_period, from its copy of the lease, without reading it (the fast path). Where that
// fails it reads first (the slow path). A failure of others is followed by a pause of one to 2.2
// retry_periods.
//
// A renewal that leaves the record as it was, because it falls into the same second and the kind of lock
// stores whole seconds, is not seen by others, so it does not count as one.
//
// A lease that somebody deletes is created anew: by its leader at once, by others when the record that they
// have seen last has run out.
class ElectorMachine {
 public:
  using TimePoint = BootClock::time_point;

  struct Moment {
    TimePoint now;
    // For the record, which people read.
    kube::MicroTime wall;
    // Fresh and uniform, 0 <= random < 1.
    double random = 0;
  };

  // REQUIRES: an identity, and lease_duration > renew_deadline > 1.2 * retry_period > 0.
  explicit ElectorMachine(ElectionOptions options);

  ElectorAction Next(const Moment& moment);

  // The lease as stored. kNotFound: there is none. One that is superseded is given to nobody.
  void OnRead(const Result<kube::Lease>& lease, const Moment& moment);
  // The lease as it is stored now. Any error may mean that it was stored nevertheless.
  void OnWritten(const Result<kube::Lease>& stored, const Moment& moment);

  // Gives the lease up as soon as Next() is called; where it is not held, that is the end. Nobody may rely on
  // it from now on.
  void Release();

  // Until when this process is sure to lead; nothing: it does not.
  std::optional<TimePoint> sure_until() const;

  // When the last renewal was sent that succeeded; nothing: this process has never led.
  std::optional<TimePoint> renewed() const { return renewed_; }

  // Who holds the lease, as far as was seen; empty: nobody.
  const std::string& holder() const { return observed_.holder(); }

  // The lease's uid when it was seen last; empty: not yet.
  const kube::Symbol& lease_uid() const { return lease_uid_; }

  // Whether another process was seen to renew the lease since it got it: it lives.
  bool rival_lives() const { return observed_.rival_lives(); }

  // How often a renewal had to take the slow path.
  std::uint64_t slow_paths() const { return slow_paths_; }

  // Of a leader: why it has lost, or will soon.
  std::string WhyLost() const;

 private:
  enum class State {
    kRest,   // until due_
    kRead,   // next
    kWrite,  // wanted_, next
    kEnded,
  };

  ElectorAction End(ElectorAction::Type type);
  ElectorAction Send(kube::Lease lease, TimePoint now);
  bool Observe(const kube::Lease& lease, TimePoint now);
  bool IsOver(TimePoint now) const;
  void Want(kube::Lease lease);
  void OnMissing(const Moment& moment);
  void Rest(TimePoint due);
  void RestUntilLook(const Moment& moment);
  void Fail(const Error& error, const Moment& moment);

  const ElectionOptions options_;
  State state_ = State::kRest;
  ElectorAction::Type end_ = ElectorAction::Type::kLost;
  bool releasing_ = false;

  TimePoint due_ = TimePoint::min();  // of the next try
  TimePoint begun_{};                 // the present try
  TimePoint sent_{};                  // the write that is under way
  bool fast_ = false;                 // and is one from our copy
  kube::Lease wanted_;

  kube::Lease stored_;  // as we have written it last
  kube::Symbol lease_uid_;
  ObservedRecord observed_;
  std::optional<TimePoint> renewed_;
  std::optional<Error> failure_;  // of the last try
  std::uint64_t slow_paths_ = 0;
};

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_ELECTOR_MACHINE_H_
