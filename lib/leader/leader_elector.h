// Takes part in the election of a leader: performs what the ElectorMachine says, over a connection of its
// own.

#ifndef K8SM_LIB_LEADER_LEADER_ELECTOR_H_
#define K8SM_LIB_LEADER_LEADER_ELECTOR_H_

#include "lib/async/notifier.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"
#include "lib/client/api_client.h"
#include "lib/client/rest_config.h"
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

// What an election tells of itself; called from Run(), and each may be unset.
struct ElectionHooks {
  std::function<void()> on_started_leading;
  // The lease is lost or released.
  std::function<void()> on_stopped_leading;
  // Another process leads now; or nobody, where the identity is empty.
  std::function<void(const std::string& identity)> on_new_leader;
  // Another process that leads was seen to renew its lease.
  std::function<void()> on_rival_lives;
  // This process would elect on an Endpoints object while others elect on a Lease: Run() returns.
  std::function<void()> on_superseded;
};

// One process' part in it: it stands by, leads, and then never again. Logs what happens, with the lines of
// client-go.
class LeaderElector {
 public:
  // Connects to nothing yet. Its requests have half of the renew_deadline to be answered, bear
  // "leader-election" in their user agent, and wait for nobody's rate limit. kInvalidConfig: certificates
  // that can't be used. REQUIRES: options as ElectorMachine does.
  static Result<std::unique_ptr<LeaderElector>> Create(asio::any_io_executor executor,
                                                       client::RestConfig config, ElectionOptions options);
  LeaderElector(const LeaderElector&) = delete;
  LeaderElector& operator=(const LeaderElector&) = delete;

  // Stands by, leads, and returns when the lease is lost or, after Release(), given up. Run it once. When it
  // is cancelled it leaves the lease as it is. On a Lease it first waits for who elects on an Endpoints
  // object of the same name still (former_lock.h). On an Endpoints object it creates the namespace where
  // there is none: the oldest API servers begin without kube-system.
  Awaitable<void> Run(LockKind kind, ElectionHooks hooks);

  // Lets Run() give the lease up and return. REQUIRES: nothing is written any more in the name of the leader.
  void Release();

  // Whether this process leads now. Asks the clock: true is true, whatever has happened to the process since
  // it last ran.
  bool leading() const { return SureUntil().has_value(); }

  // Until when it may count on leading; nothing: it does not lead. What others may see of its work has to end
  // by then.
  std::optional<std::chrono::steady_clock::time_point> SureUntil() const;

  // Of one that has led: why it does so no more.
  std::string WhyLost() const { return machine_.WhyLost(); }

  const std::string& identity() const { return options_.identity; }
  // The lease's, of the namespace and name.
  const std::string& lease() const { return lease_; }
  // Empty until it was seen.
  const kube::Symbol& lease_uid() const { return machine_.lease_uid(); }
  LockKind kind() const { return kind_; }
  // Who leads, as far as is known; empty: nobody. Of others' making: escape it before it is logged.
  const std::string& leader() const { return former_ ? former_->holder() : machine_.holder(); }
  // Whether another process was seen to renew the lease, and so will keep it.
  bool rival_lives() const { return former_ ? former_->rival_lives() : machine_.rival_lives(); }
  // Why the lease can't be read or written at present.
  const std::optional<Error>& trouble() const;

  // For leader_election_slowpath_total.
  std::uint64_t slow_paths() const { return machine_.slow_paths(); }
  // Why the check "leaderElection" fails: this process should have ended long ago. client-go's
  // HealthzAdaptor.
  std::optional<std::string> HealthFailure() const;

 private:
  LeaderElector(asio::any_io_executor executor, std::unique_ptr<client::ApiClient> client,
                ElectionOptions options);

  Awaitable<void> PassFormerLock();
  Awaitable<Result<kube::Lease>> Read(LockKind kind);
  Awaitable<Result<kube::Lease>> Unmarked(kube::Lease lock);
  Awaitable<Result<kube::Lease>> Write(LockKind kind, ElectorAction action);
  Awaitable<bool> CreateNamespace();
  void TellChanges();
  void TellOutcome(FailureLog& failures, const Result<kube::Lease>& answer, const std::string& doing);
  std::string Advice(const Error& error) const;
  std::chrono::steady_clock::time_point ToSteady(BootClock::time_point time) const;
  ElectorMachine::Moment Now();

  const ElectionOptions options_;
  const std::string lease_;
  const std::unique_ptr<client::ApiClient> client_;
  LockKind kind_ = LockKind::kLeases;
  std::optional<FormerLock> former_;  // while it is waited for
  ElectorMachine machine_;
  bool releasing_ = false;
  Notifier wake_;
  std::minstd_rand random_;
  ElectionHooks hooks_;
  FailureLog read_failures_;
  FailureLog write_failures_;
  bool was_leading_ = false;
  bool told_rival_ = false;
  std::string last_leader_;
};

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_LEADER_ELECTOR_H_
