#include "test/integration/replicas.h"

#include "lib/client/config/kubeconfig.h"
#include "lib/kube/lease.h"
#include "test/apiserver/emulation.h"
#include "test/support/task_failure.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace k8sm::test {
namespace {

using controller::Manager;
using controller::Options;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{30};
constexpr std::string_view kElection = "/leader-election";

Awaitable<void> RunManager(Manager& manager, std::optional<int>& exit_code) {
  exit_code = co_await manager.Run();
}

bool IsWrite(const apiserver::RequestRecord& record) {
  return record.verb == "create" || record.verb == "update" || record.verb == "delete";
}

bool IsOfElection(const apiserver::RequestRecord& record) {
  return std::string_view(record.user_agent).ends_with(kElection) && record.resource != "namespaces";
}

bool IsOurWrite(const apiserver::RequestRecord& record) {
  return IsWrite(record) && !IsOfElection(record) &&
         (record.resource == "endpoints" || record.resource == "endpointslices");
}

// The NAME in "k8sm-controller-manager/1.2.3/NAME", which may be followed by "/leader-election".
std::string NameOf(std::string_view user_agent) {
  if (user_agent.ends_with(kElection)) user_agent.remove_suffix(kElection.size());
  return std::string(user_agent.substr(user_agent.rfind('/') + 1));
}

}  // namespace

Replicas::Replicas(World& world, leader::LockKind kind) : world_(world), kind_(kind) {}

Replicas::~Replicas() {
  for (auto& [name, replica] : replicas_) {
    replica->frozen = false;
    replica->manager->Stop();
  }
  RunUntil([this] {
    return std::ranges::all_of(replicas_,
                               [](const auto& each) { return each.second->exit_code.has_value(); });
  });
}

Options Replicas::Defaults() const {
  Options options = world_.Defaults();
  options.leader_elect = true;
  const bool has_leases = apiserver::Serves(world_.server().features(), "coordination.k8s.io", "v1");
  const bool is_default = has_leases == (kind_ == leader::LockKind::kLeases);
  options.resource_lock = is_default ? controller::ResourceLock::kAuto : controller::ResourceLock::kEndpoints;
  options.election.retry_period = std::chrono::milliseconds(20);
  return options;
}

void Replicas::Start(const std::string& name, std::chrono::hours apart) {
  Start(name, Defaults(), apart);
}

void Replicas::Start(const std::string& name, Options options, std::chrono::hours apart) {
  auto config = client::LoadRestConfig("", options.master);
  if (!config) throw std::runtime_error(config.error().message);
  config->user_agent += "/" + name;
  options.election.identity = name;
  options.election.clock = [this, apart] { return BootClock::now() + apart + passed_; };
  auto replica = std::make_unique<Replica>();
  auto manager = Manager::Create(replica->context.get_executor(), options, *std::move(config));
  if (!manager) throw std::runtime_error(manager.error().message);
  replica->manager = *std::move(manager);
  replica->tasks = std::make_unique<TaskGroup>(replica->context.get_executor(), ThrowTaskFailure);
  replica->tasks->Spawn("controller", RunManager(*replica->manager, replica->exit_code));
  replicas_[name] = std::move(replica);
}

void Replicas::Stop(const std::string& name) {
  replicas_.at(name)->manager->Stop();
}

bool Replicas::TurnOnce() {
  world_.Turn(1000);
  bool busy = false;
  for (auto& [name, replica] : replicas_) {
    if (replica->frozen) continue;
    replica->context.restart();
    for (int handlers = 0; handlers < 1000 && replica->context.poll_one() > 0; ++handlers) busy = true;
  }
  return busy;
}

void Replicas::Turn(int times) {
  while (times-- > 0) TurnOnce();
}

bool Replicas::RunUntil(const std::function<bool()>& condition) {
  const auto deadline = steady_clock::now() + kPatience;
  while (!condition()) {
    // Nothing is ready: wait for a moment in the loop of the world.
    if (!TurnOnce()) world_.Rest();
    if (steady_clock::now() > deadline) return false;
  }
  return true;
}

std::string Replicas::Holder() const {
  const Options options = Defaults();
  const auto& resource = leader::ResourceOf(kind_);
  const auto json =
      world_.server().Get(resource.plural, options.election.lease_namespace, options.election.lease_name);
  if (!json) return "";
  const auto lease = leader::DecodeLock(kind_, *json);
  if (!lease) throw std::runtime_error(lease.error().message);
  return lease->holder_identity;
}

std::string Replicas::Writers() const {
  std::string writers;
  std::string last;
  for (const auto& record : world_.server().requests().records()) {
    if (!IsOurWrite(record) || NameOf(record.user_agent) == last) continue;
    last = NameOf(record.user_agent);
    writers += (writers.empty() ? "" : " ") + last;
  }
  return writers;
}

bool Replicas::OnlyLeadersWrote() const {
  std::string leader;
  for (const auto& record : world_.server().requests().records()) {
    if (IsOfElection(record) && IsWrite(record) && record.status / 100 == 2) {
      leader = NameOf(record.user_agent);
    } else if (IsOurWrite(record) && NameOf(record.user_agent) != leader) {
      return false;
    }
  }
  return true;
}

}  // namespace k8sm::test
