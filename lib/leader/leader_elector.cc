#include "lib/leader/leader_elector.h"

#include "lib/base/printable.h"
#include "lib/client/api_path.h"
#include "lib/client/client_options.h"
#include "lib/client/request.h"
#include "lib/kube_json/codec.h"

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

// What a leader may be late with its end before it counts as ill (kube-controller-manager's).
constexpr seconds kHealthTolerance{20};

client::ClientOptions ClientOptionsFor(const ElectionOptions& options) {
  client::ClientOptions client_options;
  client_options.qps = 0;
  client_options.request_timeout = std::max<milliseconds>(seconds(1), options.renew_deadline / 2);
  client_options.connect_timeout = client_options.request_timeout;
  client_options.max_idle_connections = 1;
  return client_options;
}

}  // namespace

Result<std::unique_ptr<LeaderElector>> LeaderElector::Create(asio::any_io_executor executor,
                                                             client::RestConfig config,
                                                             ElectionOptions options) {
  config.user_agent += "/leader-election";
  auto client = client::ApiClient::Create(executor, std::move(config), ClientOptionsFor(options));
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

Awaitable<void> LeaderElector::Run(ElectionHooks hooks) {
  hooks_ = std::move(hooks);
  LOG(INFO) << "attempting to acquire leader lease " << lease_ << "...";
  for (;;) {
    ElectorAction action = machine_.Next(Now());
    TellChanges();
    switch (action.type) {
      case Type::kGet:
        co_await Read();
        break;
      case Type::kCreate:
      case Type::kUpdate:
        co_await Write(std::move(action));
        break;
      case Type::kSleep:
        co_await wake_.WaitUntil(ToSteady(action.until));
        break;
      case Type::kLost:
      case Type::kReleased:
        co_return;
    }
    TellChanges();
  }
}

void LeaderElector::Release() {
  machine_.Release();
  wake_.Notify();
}

Awaitable<void> LeaderElector::Read() {
  client::Request request{
      .target = client::ObjectPath(client::kLeases, options_.lease_namespace, options_.lease_name)};
  const auto answer = co_await client_->Do(std::move(request));
  const Result<kube::Lease> lease =
      answer ? kube_json::Decode<kube::Lease>(*answer) : Result<kube::Lease>(answer.error());
  const bool missing = !lease && lease.error().code == Errc::kNotFound;
  if (!missing) TellOutcome(read_failures_, lease, "error retrieving resource lock ");
  machine_.OnRead(lease, Now());
}

Awaitable<void> LeaderElector::Write(ElectorAction action) {
  const bool is_new = action.type == Type::kCreate;
  const bool was_leading = leading();
  client::Request request{
      .method = is_new ? client::Method::kPost : client::Method::kPut,
      .target = is_new ? client::CollectionPath(client::kLeases, options_.lease_namespace)
                       : client::ObjectPath(client::kLeases, options_.lease_namespace, options_.lease_name),
      .body = kube_json::Encode(action.lease)};
  const auto answer = co_await client_->Do(std::move(request));
  const Result<kube::Lease> stored =
      answer ? kube_json::Decode<kube::Lease>(*answer) : Result<kube::Lease>(answer.error());
  TellOutcome(write_failures_, stored, was_leading ? "failed to renew lease " : "failed to acquire lease ");
  machine_.OnWritten(stored, Now());
}

void LeaderElector::TellChanges() {
  const bool leads = machine_.sure_until().has_value();
  if (leads != was_leading_) {
    was_leading_ = leads;
    if (leads) LOG(INFO) << "successfully acquired lease " << lease_;
    const auto& hook = leads ? hooks_.on_started_leading : hooks_.on_stopped_leading;
    if (hook) hook();
  }
  const bool rival = machine_.rival_lives();
  if (rival && !told_rival_ && hooks_.on_rival_lives) hooks_.on_rival_lives();
  told_rival_ = rival;
  if (machine_.holder() == last_leader_) return;
  last_leader_ = machine_.holder();
  if (last_leader_ == options_.identity) return;
  if (!last_leader_.empty()) LOG(INFO) << "new leader elected: " << Printable(last_leader_);
  if (hooks_.on_new_leader) hooks_.on_new_leader(last_leader_);
}

void LeaderElector::TellOutcome(FailureLog& failures, const Result<kube::Lease>& answer,
                                const std::string& doing) {
  if (answer) {
    if (failures.OnSuccess()) LOG(INFO) << "lease " << lease_ << " works again";
    return;
  }
  const Error& error = answer.error();
  // Of several who try at once one succeeds.
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

std::string LeaderElector::Advice(const Error& error) const {
  if (error.code == Errc::kForbidden) {
    return "; grant get, create and update on leases of coordination.k8s.io in namespace " +
           options_.lease_namespace;
  }
  if (error.code == Errc::kNotFound) {
    return "; create the namespace, or name another with -leader_elect_resource_namespace";
  }
  return "";
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

// The two clocks go alike as long as nothing sleeps, and what waits does not.
steady_clock::time_point LeaderElector::ToSteady(BootClock::time_point time) const {
  return steady_clock::now() + (time - options_.clock());
}

ElectorMachine::Moment LeaderElector::Now() {
  return {.now = options_.clock(),
          .wall = std::chrono::floor<microseconds>(std::chrono::system_clock::now()),
          .random = std::uniform_real_distribution<double>(0, 1)(random_)};
}

}  // namespace k8sm::leader
