// Leader election on a lock, normally a Lease, as a state machine without I/O: Next() returns the next
// action, the On... functions take its outcome. Mirrors client-go's leader elector (tools/leaderelection),
// but measures time with a configurable clock, and the leader knows until when its leadership is guaranteed.

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

// The next action.
struct ElectorAction {
  enum class Type {
    kGet,         // read the lease; then call OnRead
    kCreate,      // create `lease`; then call OnWritten
    kUpdate,      // update `lease`, conditional on its resourceVersion; then call OnWritten
    kSleep,       // wait until `until`, or until Release() is called
    kLost,        // final: another process leads or may soon do so
    kReleased,    // final: released as requested by Release()
    kSuperseded,  // final for a standby: the other processes use a Lease by now
  };
  Type type = Type::kSleep;
  kube::Lease lease;
  BootClock::time_point until{};
};

// Acquires the lease if it has no holder or if its record has not changed for the duration that the record
// states. Clocks of different machines are never compared: what counts is when this process observed a
// change.
//
// A leader considers itself leader until `renew_deadline` after it *sent* its last successful renewal.
// Another process takes over only `lease_duration` after it *observed* that renewal, which is later.
// Therefore there are never two leaders, as long as the clock rates do not differ by more than the margin
// between the two. A leader that cannot renew in time has lost, and so has one that finds another holder or
// none in the lease.
//
// A standby reads the lease two to four times per retry_period, so that it notices a release within half a
// period. A leader renews once per retry_period, from its copy of the lease, without reading it (fast path).
// If that fails, it reads the lease first (slow path). A standby pauses for 1 to 2.2 retry_periods after a
// failure.
//
// A renewal that leaves the record unchanged, because the lock stores whole seconds and both fall into the
// same one, is not visible to others and therefore does not count.
//
// A lease that was deleted is created again: by its leader immediately, by others when the record they last
// observed has expired.
class ElectorMachine {
 public:
  using TimePoint = BootClock::time_point;

  // The current time on both clocks, and a random number for jitter.
  struct Moment {
    TimePoint now;
    // Wall clock time for the record, which only people read.
    kube::MicroTime wall;
    // Fresh and uniformly distributed, 0 <= random < 1.
    double random = 0;
  };

  // REQUIRES: a non-empty identity, and lease_duration > renew_deadline > 1.2 * retry_period > 0.
  explicit ElectorMachine(ElectionOptions options);

  // Returns the next action. REQUIRES: the outcome of the previous one has been passed in.
  ElectorAction Next(const Moment& moment);

  // Takes the stored lease; kNotFound if there is none. A superseded lock is not acquired.
  void OnRead(const Result<kube::Lease>& lease, const Moment& moment);
  // Takes the lease as stored by our write. After any error the write may have succeeded nevertheless.
  void OnWritten(const Result<kube::Lease>& stored, const Moment& moment);

  // Makes Next() release the lease; if it is not held, the machine ends. This process must not rely on the
  // lease from now on.
  void Release();

  // Until when this process is guaranteed to lead; nullopt if it does not lead.
  std::optional<TimePoint> sure_until() const;

  // When the last successful renewal was sent; nullopt if this process has never led.
  std::optional<TimePoint> renewed() const { return renewed_; }

  // The last observed holder; empty if there is none.
  const std::string& holder() const { return observed_.holder(); }

  // Whether another process holds the lease, as far as this process has observed.
  bool HeldByOther(TimePoint now) const { return observed_.HeldByOther(now); }

  // The last observed UID of the lease; empty if it has not been read yet.
  const kube::Uid& lease_uid() const { return lease_uid_; }

  // Number of renewals that used the slow path.
  std::uint64_t slow_paths() const { return slow_paths_; }

  // For a leader: why it has lost its leadership, or is about to.
  std::string WhyLost() const;

 private:
  enum class State {
    kRest,   // wait until due_
    kRead,   // read the lease next
    kWrite,  // write wanted_ next
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

  TimePoint due_ = TimePoint::min();  // time of the next attempt
  TimePoint begun_{};                 // start of the current attempt
  TimePoint sent_{};                  // when the current write was sent
  bool fast_ = false;                 // whether the current write uses the fast path
  bool sends_release_ = false;        // whether the current write is the release
  kube::Lease wanted_;

  kube::Lease stored_;  // the lease as last stored by us
  kube::Uid lease_uid_;
  ObservedRecord observed_;
  std::optional<TimePoint> renewed_;
  std::optional<Error> failure_;  // of the last attempt
  std::uint64_t slow_paths_ = 0;
};

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_ELECTOR_MACHINE_H_
