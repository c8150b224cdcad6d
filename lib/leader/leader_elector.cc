#include "lib/leader/leader_elector.h"

#include "lib/base/printable.h"
#include "lib/client/api_path.h"
#include "lib/client/message/request.h"

#include <glog/logging.h>

#include <algorithm>
#include <utility>

namespace k8sm::leader {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using Type = ElectorAction::Type;

// How much later than the deadline a leader may stop before the health check fails (as in
// kube-controller-manager).
constexpr seconds kHealthTolerance{20};

client::ClientOptions Adapted(client::ClientOptions client_options, const ElectionOptions& options) {
  client_options.qps = 0;
  client_options.request_timeout = std::max<milliseconds>(seconds(1), options.renew_deadline / 2);
  client_options.connect_timeout = client_options.request_timeout;
  client_options.max_idle_connections = 1;
  return client_options;
}

}  // namespace

Result<std::unique_ptr<LeaderElector>> LeaderElector::Create(asio::any_io_executor executor,
                                                             client::RestConfig config,
                                                             ElectionOptions options,
                                                             client::ClientOptions client_options) {
  config.user_agent += "/leader-election";
  auto client =
      client::ApiClient::Create(executor, std::move(config), Adapted(std::move(client_options), options));
  if (!client) return client.error();
  return std::unique_ptr<LeaderElector>(
      new LeaderElector(std::move(executor), *std::move(client), std::move(options)));
}

LeaderElector::LeaderElector(asio::any_io_executor executor, std::unique_ptr<client::ApiClient> client,
                             ElectionOptions options)
    : options_(std::move(options)),
      lease_(options_.lease_namespace + "/" + options_.lease_name),
      client_(std::move(client)),
      machine_(options_),
      wake_(std::move(executor)),
      random_(std::random_device()()) {}

Awaitable<void> LeaderElector::Run(LockKind kind, ElectionHooks hooks) {
  hooks_ = std::move(hooks);
  kind_ = kind;
  LOG(INFO) << "attempting to acquire leader lease " << lease_ << "...";
  if (kind == LockKind::kLeases) co_await PassFormerLock();
  for (;;) {
    ElectorAction action = machine_.Next(Now());
    TellChanges();
    switch (action.type) {
      case Type::kGet: {
        const auto lock = co_await Read(kind_);
        machine_.OnRead(lock, Now());
        ForgetFailedWrite();
        break;
      }
      case Type::kCreate:
      case Type::kUpdate: {
        const auto stored = co_await Write(kind_, std::move(action));
        machine_.OnWritten(stored, Now());
        break;
      }
      case Type::kSleep:
        co_await wake_.WaitUntil(ToSteady(action.until));
        break;
      case Type::kSuperseded:
        if (hooks_.on_superseded) hooks_.on_superseded();
        co_return;
      case Type::kLost:
      case Type::kReleased:
        co_return;
    }
    TellChanges();
  }
}

Awaitable<void> LeaderElector::PassFormerLock() {
  former_.emplace(options_);
  while (!releasing_) {
    auto action = former_->Next(Now());
    if (!action) break;
    if (action->type == Type::kSleep) {
      co_await wake_.WaitUntil(ToSteady(action->until));
    } else if (action->type == Type::kGet) {
      const auto lock = co_await Read(LockKind::kEndpoints);
      former_->OnRead(lock, Now());
      ForgetFailedWrite();
    } else {
      const auto stored = co_await Write(LockKind::kEndpoints, std::move(*action));
      former_->OnWritten(stored, Now());
    }
    TellChanges();
  }
  former_.reset();
  // If it may not be marked, this is no trouble of the lease.
  write_failures_.OnSuccess();
}

void LeaderElector::Release() {
  releasing_ = true;
  machine_.Release();
  wake_.Notify();
}

Awaitable<Result<kube::Lease>> LeaderElector::Read(LockKind kind) {
  client::Request request{
      .target = client::ObjectPath(ResourceOf(kind), options_.lease_namespace, options_.lease_name)};
  const auto answer = co_await client_->Do(std::move(request));
  Result<kube::Lease> lock = answer ? DecodeLock(kind, *answer) : Result<kube::Lease>(answer.error());
  const bool missing = !lock && lock.error().code == Errc::kNotFound;
  // A process without permission to read the former lock cannot have used it.
  const bool barred = former_ && !lock && lock.error().code == Errc::kForbidden;
  if (lock && lock->superseded && kind_ == LockKind::kEndpoints) {
    auto unmarked = co_await Unmarked(*lock);
    lock = std::move(unmarked);
  }
  if (lock) CompareAnnotation(*lock);
  if (missing || barred) {
    TellRecovery(read_failures_);
  } else if (!lock && releasing_ && machine_.renewed()) {
    TellRelease(lock);
  } else {
    TellOutcome(read_failures_, lock, "error retrieving resource lock ");
  }
  co_return lock;
}

void LeaderElector::CompareAnnotation(const kube::Lease& lock) {
  if (lock.holder_identity.empty() || lock.holder_identity == options_.identity) return;
  const kube::Symbol* value = lock.meta.annotations.Find(options_.annotation_key);
  const bool differs = value != nullptr && *value != options_.annotation_value;
  if (differs && *value != other_annotation_ && hooks_.on_other_annotation)
    hooks_.on_other_annotation(lock.holder_identity, std::string(value->get()));
  other_annotation_ = differs ? value->get() : "";
}

// If the API server was downgraded to a version without Leases, the mark is obsolete.
Awaitable<Result<kube::Lease>> LeaderElector::Unmarked(kube::Lease lock) {
  client::Request request{.target = std::string(client::kLeases.prefix)};
  const auto served = co_await client_->Do(std::move(request));
  if (!served && served.error().code != Errc::kNotFound) co_return served.error();
  lock.superseded = served.has_value();
  co_return lock;
}

Awaitable<Result<kube::Lease>> LeaderElector::Write(LockKind kind, ElectorAction action) {
  const bool is_new = action.type == Type::kCreate;
  const bool was_leading = leading();
  const bool releases = action.lease.holder_identity.empty();
  const client::Resource& resource = ResourceOf(kind);
  client::Request request{
      .method = is_new ? client::Method::kPost : client::Method::kPut,
      .target = is_new ? client::CollectionPath(resource, options_.lease_namespace)
                       : client::ObjectPath(resource, options_.lease_namespace, options_.lease_name),
      .body = EncodeLock(kind, action.lease)};
  const auto answer = co_await client_->Do(std::move(request));
  const Result<kube::Lease> stored = answer ? DecodeLock(kind, *answer) : Result<kube::Lease>(answer.error());
  const bool no_namespace = is_new && !stored && stored.error().code == Errc::kNotFound;
  bool created = false;
  if (no_namespace && kind == LockKind::kEndpoints) created = co_await CreateNamespace();
  if (releases) {
    TellRelease(stored);
  } else if (!created) {
    TellOutcome(write_failures_, stored, was_leading ? "failed to renew lease " : "failed to acquire lease ");
  }
  co_return stored;
}

// Returns whether the namespace was created; if so, the next attempt succeeds.
Awaitable<bool> LeaderElector::CreateNamespace() {
  client::Request request{.method = client::Method::kPost,
                          .target = "/api/v1/namespaces",
                          .body = R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":")" +
                                  options_.lease_namespace + R"("}})"};
  const auto answer = co_await client_->Do(std::move(request));
  if (answer) {
    LOG(INFO) << "created namespace " << options_.lease_namespace << " for the leader election";
  } else {
    VLOG(2) << "failed to create namespace " << options_.lease_namespace << ": " << ToString(answer.error());
  }
  co_return answer.has_value();
}

void LeaderElector::TellChanges() {
  const bool leads = machine_.sure_until().has_value();
  if (leads != was_leading_) {
    was_leading_ = leads;
    if (leads) LOG(INFO) << "successfully acquired lease " << lease_;
    const auto& hook = leads ? hooks_.on_started_leading : hooks_.on_stopped_leading;
    if (hook) hook();
  }
  if (leader() == last_leader_) return;
  last_leader_ = leader();
  if (last_leader_ == options_.identity) return;
  if (!last_leader_.empty()) LOG(INFO) << "new leader elected: " << Printable(last_leader_);
  if (hooks_.on_new_leader) hooks_.on_new_leader(last_leader_);
}

void LeaderElector::TellRecovery(FailureLog& failures) {
  if (!failures.OnSuccess()) return;
  LOG(INFO) << (&failures == &read_failures_ ? "reading" : "writing") << " lease " << lease_
            << " works again";
}

// A release is not tried again.
void LeaderElector::TellRelease(const Result<kube::Lease>& answer) const {
  if (answer) {
    LOG(INFO) << "released lease " << lease_;
  } else if (answer.error().code != Errc::kCanceled) {
    LOG(WARNING) << "failed to release lease " << lease_ << ": " << ToString(answer.error())
                 << "; it expires";
  }
}

void LeaderElector::TellOutcome(FailureLog& failures, const Result<kube::Lease>& answer,
                                const std::string& doing) {
  if (answer) return TellRecovery(failures);
  const Error& error = answer.error();
  // Several processes may try at the same time, and only one succeeds.
  const bool is_race = error.code == Errc::kConflict || error.code == Errc::kAlreadyExists;
  if (is_race || error.code == Errc::kCanceled) {
    VLOG(2) << doing << lease_ << ": " << ToString(error);
    return;
  }
  const auto more = failures.OnFailure(error, steady_clock::now());
  if (more) {
    LOG(WARNING) << doing << lease_ << ": " << ToString(error) << Advice(error) << "; trying again" << *more;
  }
}

// A write that failed before another process took the lease does not say what the next one will meet.
void LeaderElector::ForgetFailedWrite() {
  const auto now = options_.clock();
  const bool held = former_ ? former_->HeldByOther(now) : machine_.HeldByOther(now);
  if (held) write_failures_.OnSuccess();
}

std::string LeaderElector::Advice(const Error& error) const {
  const bool on_leases = kind_ == LockKind::kLeases && !former_;
  if (error.code == Errc::kForbidden) {
    return std::string("; grant get, create and update on ") +
           (on_leases ? "leases of coordination.k8s.io" : "endpoints") + " in namespace " +
           options_.lease_namespace;
  }
  if (error.code != Errc::kNotFound) return "";
  if (on_leases && error.message.find("could not find the requested resource") != std::string::npos) {
    return "; the API server has no leases (they came with Kubernetes 1.14): use "
           "-leader_elect_resource_lock=auto";
  }
  return "; create the namespace, or name another with -leader_elect_resource_namespace";
}

std::optional<steady_clock::time_point> LeaderElector::SureUntil() const {
  const auto until = machine_.sure_until();
  if (!until || options_.clock() >= *until) return std::nullopt;
  return ToSteady(*until);
}

const std::optional<Error>& LeaderElector::trouble() const {
  return write_failures_.failure() ? write_failures_.failure() : read_failures_.failure();
}

std::optional<std::string> LeaderElector::HealthFailure() const {
  const bool leads = machine_.sure_until().has_value();
  if (!leads || options_.clock() <= *machine_.renewed() + options_.lease_duration + kHealthTolerance)
    return std::nullopt;
  return "failed election to renew leadership on lease " + options_.lease_name;
}

// The two clocks differ only in suspend time, and no timer fires during suspend.
steady_clock::time_point LeaderElector::ToSteady(BootClock::time_point time) const {
  return steady_clock::now() + (time - options_.clock());
}

ElectorMachine::Moment LeaderElector::Now() {
  return {.now = options_.clock(),
          .wall = std::chrono::floor<microseconds>(std::chrono::system_clock::now()),
          .random = std::uniform_real_distribution<double>(0, 1)(random_)};
}

}  // namespace k8sm::leader
