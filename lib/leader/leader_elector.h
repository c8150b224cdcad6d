// Leader election: performs the actions of an ElectorMachine over its own connection.

#ifndef K8SM_LIB_LEADER_LEADER_ELECTOR_H_
#define K8SM_LIB_LEADER_LEADER_ELECTOR_H_

#include "lib/async/notifier.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"
#include "lib/client/api_client.h"
#include "lib/client/client_options.h"
#include "lib/client/config/rest_config.h"
#include "lib/kube/symbol.h"
#include "lib/leader/election_options.h"
#include "lib/leader/elector_machine.h"
#include "lib/leader/former_lock.h"
#include "lib/leader/lock_kind.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace k8sm::leader {

// Callbacks of an election, called from Run(). Each may be unset.
struct ElectionHooks {
  // This process has become the leader.
  std::function<void()> on_started_leading;
  // The lease was lost or released.
  std::function<void()> on_stopped_leading;
  // Another process leads now; `identity` is empty if none does.
  std::function<void(const std::string& identity)> on_new_leader;
  // The lock is held by another process, whose annotation (ElectionOptions::annotation_key) has this value
  // instead of ours. Called once for each value in a row.
  std::function<void(const std::string& holder, const std::string& value)> on_other_annotation;
  // This process was started to use an Endpoints object, but the others use a Lease; Run() returns.
  std::function<void()> on_superseded;
};

// Takes part in one election: waits for the lease, leads, and ends for good when it loses the lease. Logs the
// same messages as client-go.
class LeaderElector {
 public:
  // Does not connect yet. Each request has a timeout of half the renew_deadline, is exempt from the client's
  // rate limit, and has "leader-election" in its user agent; all else is as in `client_options`, e.g. the
  // observer. Fails with kInvalidConfig if the certificates cannot be used. REQUIRES: options as for
  // ElectorMachine, and no write_until.
  static Result<std::unique_ptr<LeaderElector>> Create(asio::any_io_executor executor,
                                                       client::RestConfig config, ElectionOptions options,
                                                       client::ClientOptions client_options = {});
  LeaderElector(const LeaderElector&) = delete;
  LeaderElector& operator=(const LeaderElector&) = delete;

  // Waits for the lease, leads, and returns when the lease is lost or, after Release(), released. Call it
  // once. If cancelled, it leaves the lease unchanged, and the lease expires. With kLeases, it first waits
  // for processes that still use an Endpoints object of the same name (former_lock.h). With kEndpoints, it
  // creates the namespace if it does not exist, because the oldest API servers start without kube-system.
  Awaitable<void> Run(LockKind kind, ElectionHooks hooks);

  // Makes Run() release the lease and return. REQUIRES: this process has stopped all writes that need
  // leadership.
  void Release();

  // Whether this process leads now. Checks that the lease has not expired, so it is reliable even after the
  // process was suspended.
  bool leading() const { return SureUntil().has_value(); }

  // Until when this process is guaranteed to lead; nullopt if it does not. Writes must have ended by then.
  std::optional<std::chrono::steady_clock::time_point> SureUntil() const;

  // For a former leader: why it lost its leadership.
  std::string WhyLost() const { return machine_.WhyLost(); }

  const std::string& identity() const { return options_.identity; }
  // NAMESPACE/NAME of the lock.
  const std::string& lease() const { return lease_; }
  // UID of the lock; empty until it has been read.
  const kube::Uid& lease_uid() const { return machine_.lease_uid(); }
  // The kind passed to Run(); kLeases before.
  LockKind kind() const { return kind_; }
  // The current leader as far as known; empty if there is none. Untrusted text: escape it before logging.
  const std::string& leader() const { return former_ ? former_->holder() : machine_.holder(); }
  // Why the lease could not be written or read last; nullopt if it could. A failed write does not count any
  // more once another process holds the lease.
  const std::optional<Error>& trouble() const;
  // What to change about this failure, for the end of a line: "; grant get, create and update on ..."; empty
  // if that is not known.
  std::string Advice(const Error& error) const;

  // For the metric leader_election_slowpath_total.
  std::uint64_t slow_paths() const { return machine_.slow_paths(); }
  // Why the health check "leaderElection" fails: the lease expired long ago, but this process has not
  // stopped. nullopt if it passes. Corresponds to client-go's HealthzAdaptor.
  std::optional<std::string> HealthFailure() const;

 private:
  LeaderElector(asio::any_io_executor executor, std::unique_ptr<client::ApiClient> client,
                ElectionOptions options);

  Awaitable<void> PassFormerLock();
  Awaitable<Result<kube::Lease>> Read(LockKind kind);
  // Reports a lock whose holder has another value of the annotation than this process.
  void CompareAnnotation(const kube::Lease& lock);
  Awaitable<Result<kube::Lease>> Unmarked(kube::Lease lock);
  Awaitable<Result<kube::Lease>> Write(LockKind kind, ElectorAction action);
  Awaitable<bool> CreateNamespace();
  void TellChanges();
  // `failures` is one of the two.
  void TellRecovery(FailureLog& failures);
  void TellRelease(const Result<kube::Lease>& answer) const;
  void TellOutcome(FailureLog& failures, const Result<kube::Lease>& answer, const std::string& doing);
  void ForgetFailedWrite();
  std::chrono::steady_clock::time_point ToSteady(BootClock::time_point time) const;
  ElectorMachine::Moment Now();

  const ElectionOptions options_;
  const std::string lease_;
  const std::unique_ptr<client::ApiClient> client_;
  LockKind kind_ = LockKind::kLeases;
  std::optional<FormerLock> former_;  // set while waiting for it
  ElectorMachine machine_;
  bool releasing_ = false;
  Notifier wake_;
  std::minstd_rand random_;
  ElectionHooks hooks_;
  FailureLog read_failures_;
  FailureLog write_failures_;
  bool was_leading_ = false;
  std::string last_leader_;
  std::string other_annotation_;  // for which on_other_annotation was called last
};

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_LEADER_ELECTOR_H_
