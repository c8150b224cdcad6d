#include "test/integration/model/sequence.h"

#include "test/integration/model/fresh_plan.h"
#include "test/integration/model/random_faults.h"
#include "test/integration/model/stored_properties.h"
#include "test/integration/model/stored_state.h"

#include <chrono>
#include <exception>
#include <stdexcept>

namespace k8sm::test {
namespace {

using endpoints::AddressMode;

constexpr const char* kWritten[] = {"endpoints", "endpointslices"};

// The controller slows down its writes for a service that others rewrite 5 times in a minute.
constexpr int kMaxUpsets = 3;

std::string Describe(const controller::Options& options) {
  return std::string(options.mode == AddressMode::kHostPort ? "host-port" : "pod-IP") + " mode, " +
         std::to_string(options.concurrent_endpoint_syncs) + " syncs at a time, batches of " +
         std::to_string(options.endpoint_updates_batch_period.count()) + " ms" +
         (options.endpoint_slices == controller::EndpointSlices::kOff
              ? ", no slices"
              : ", slices of " + std::to_string(options.max_endpoints_per_slice)) +
         (options.annotate_container_ports ? ", container ports told" : "") +
         (options.ns.empty() ? "" : ", namespace " + options.ns + " alone");
}

std::string Describe(const apiserver::RequestRecord& request) {
  return request.verb + " " + request.resource + " " + request.ns + "/" + request.name + " " +
         std::to_string(request.status);
}

std::string LastRequests(apiserver::RequestLog& log) {
  const auto& records = log.records();
  std::string text;
  for (std::size_t i = records.size() > 20 ? records.size() - 20 : 0; i < records.size(); ++i) {
    text += "\n  " + Describe(records[i]);
  }
  return text;
}

// Chooses all options except the mode.
void ChooseOptions(Dice& dice, controller::Options& options) {
  using controller::EndpointSlices;
  options.concurrent_endpoint_syncs = dice.Below(5) + 1;
  options.endpoint_updates_batch_period = std::chrono::milliseconds(dice.Chance(20) ? 2 : 0);
  options.endpoint_slices = dice.Chance(10) ? EndpointSlices::kOff : EndpointSlices::kAuto;
  options.max_endpoints_per_slice = dice.OneOf(std::vector<std::size_t>{1, 2, 3, 5, 100});
  options.annotate_container_ports = dice.Chance(15);
}

controller::Options FirstOptions(unsigned seed, const controller::Options& defaults, Dice& dice) {
  controller::Options options = defaults;
  options.mode = seed % 2 == 1 ? AddressMode::kHostPort : AddressMode::kPodIp;
  options.kube_api_qps = 0;
  // A missed change has to stay missed.
  options.min_resync_period = std::chrono::milliseconds(0);
  if (dice.Chance(15)) options.ns = "shop";
  ChooseOptions(dice, options);
  return options;
}

}  // namespace

Sequence::Sequence(unsigned seed, bool with_faults, const std::string& version)
    : seed_(seed),
      with_faults_(with_faults),
      dice_(seed),
      world_({.emulate = version}),
      cluster_(world_.server(), dice_),
      endpoints_meddler_(world_.server(), dice_),
      slices_meddler_(world_.server(), dice_),
      options_(FirstOptions(seed, with_faults ? world_.Hurried() : world_.Defaults(), dice_)),
      memory_(world_.server(), cluster_, endpoints_meddler_, slices_meddler_, options_.ns) {}

std::string Sequence::Run() {
  try {
    Play();
    return "";
  } catch (const std::exception& error) {
    std::string report = "K8SM_MODEL_SEED=" + std::to_string(seed_) + (with_faults_ ? " with faults" : "") +
                         " fails after these steps:\n";
    for (const std::string& step : steps_) report += "  " + step + "\n";
    return report + error.what();
  }
}

void Sequence::Play() {
  revision_at_rest_ = world_.server().ResourceVersion();
  Happen(dice_.Between(5, 40));
  Start();
  Rest();
  for (int bursts = dice_.Between(8, 16); bursts > 0; --bursts) {
    RequireNoWrites("the cluster is at rest");
    Burst();
    Rest();
  }
}

void Sequence::Burst() {
  if (with_faults_ && dice_.Chance(80)) Break();
  const std::size_t kind = dice_.Below(100);
  if (kind < 12) return Touch();
  if (kind < 24) return Restart();
  if (kind < 30) return StopHalfway();
  if (kind < 31) return CutConnections();
  Happen(dice_.Between(1, 12));
}

// Changes mostly come several at once, but some come while the controller processes earlier ones.
void Sequence::Happen(int steps) {
  for (; steps > 0; --steps) {
    Step();
    if (dice_.Chance(50)) world_.Poll(dice_.Below(40));
  }
}

void Sequence::Step() {
  const std::uint64_t before = world_.server().ResourceVersion();
  const std::size_t who = dice_.Below(100);
  const Happening happening = who < 75   ? cluster_.Step()
                              : who < 88 ? endpoints_meddler_.Step()
                                         : slices_meddler_.Step();
  Tell(happening.text);
  others_revisions_ += world_.server().ResourceVersion() - before;
  if (running_) NoteUpset(happening);
}

// Restarts the controller before it slows down its writes, as the sequence does not wait for those.
void Sequence::NoteUpset(const Happening& happening) {
  bool too_many = false;
  for (const Name& service : happening.upset) too_many |= ++upsets_[service] >= kMaxUpsets;
  if (!too_many) return;
  Stop();
  Start();
}

void Sequence::ChangeOptions() {
  if (dice_.Chance(70)) {
    options_.mode = options_.mode == AddressMode::kHostPort ? AddressMode::kPodIp : AddressMode::kHostPort;
  }
  ChooseOptions(dice_, options_);
}

void Sequence::Start() {
  Tell("start the controller: " + Describe(options_));
  upsets_.clear();
  running_ = true;
  world_.Start(options_);
}

void Sequence::Stop() {
  Tell("stop the controller");
  watched_ = false;
  running_ = false;
  world_.Stop();
}

// If nothing else has changed, nothing may be written.
void Sequence::Restart() {
  Stop();
  if (dice_.Chance(30)) {
    expect_no_writes_ = true;
    return Start();
  }
  Happen(static_cast<int>(dice_.Below(10)));
  ChangeOptions();
  Start();
}

void Sequence::StopHalfway() {
  Happen(dice_.Between(1, 8));
  world_.Poll(dice_.Below(200));
  Stop();
  Happen(static_cast<int>(dice_.Below(6)));
  ChangeOptions();
  Start();
}

void Sequence::Touch() {
  Tell("touch everything");
  const std::uint64_t before = world_.server().ResourceVersion();
  cluster_.Touch();
  others_revisions_ += world_.server().ResourceVersion() - before;
  expect_no_writes_ = true;
}

void Sequence::CutConnections() {
  Happen(static_cast<int>(dice_.Below(4)));
  world_.Poll(dice_.Below(60));
  Tell("the API server goes away");
  world_.server().Stop();
  Happen(dice_.Between(1, 8));
  if (dice_.Chance(70)) {
    Tell("it forgets its history");
    world_.server().Compact();
  }
  Tell("it is back");
  const auto started = world_.server().Start();
  if (!started) throw std::runtime_error(ToString(started.error()));
}

// Some faults affect open connections and others new ones, so connections are sometimes cut.
void Sequence::Break() {
  Tell("faults: " + BreakByChance(world_.server(), dice_));
  if (dice_.Chance(50)) return;
  Tell("all connections are cut");
  world_.server().Stop();
  const auto started = world_.server().Start();
  if (!started) throw std::runtime_error(ToString(started.error()));
}

void Sequence::Rest() {
  world_.server().faults().Clear();
  if (!world_.Settle()) {
    throw std::runtime_error("the controller does not come to rest; the last requests:" +
                             LastRequests(world_.server().requests()));
  }
  if (expect_no_writes_) RequireNoWrites("nothing that matters has changed");
  CheckState();
  CheckWrites();
  Tell("at rest");
  watched_ = true;
  expect_no_writes_ = false;
}

void Sequence::CheckState() {
  const StoredState state = ReadState(world_.server(), options_.ns);
  std::string text;
  for (const auto& broken : {UnmetPlans(state, options_), BrokenEndpoints(state, options_),
                             BrokenSlices(state, options_), memory_.Broken(state, watched_)}) {
    for (const std::string& each : broken) text += each + "\n";
  }
  if (!text.empty()) throw std::runtime_error(text);
  memory_.Remember(state);
  cluster_.Forget();
  endpoints_meddler_.Forget();
}

// Every accepted write must have changed something: an unchanged plan sends no request.
void Sequence::CheckWrites() {
  std::uint64_t accepted = 0;
  for (const apiserver::RequestRecord& request : world_.server().requests().records()) {
    // Events change the store, too.
    const bool is_write = IsWriteOfOurs(request) || (request.resource == "events" && request.verb != "get");
    if (is_write && request.status < 300) ++accepted;
  }
  const std::uint64_t revision = world_.server().ResourceVersion();
  const std::uint64_t revisions = revision - revision_at_rest_ - others_revisions_;
  if (accepted != revisions) {
    throw std::runtime_error(std::to_string(accepted) + " writes have made " + std::to_string(revisions) +
                             " changes; the last requests:" + LastRequests(world_.server().requests()));
  }
  revision_at_rest_ = revision;
  others_revisions_ = 0;
  world_.server().requests().Clear();
}

void Sequence::RequireNoWrites(const std::string& why) {
  world_.Poll(50);
  for (const char* resource : kWritten) {
    if (world_.server().requests().CountWrites(resource) == 0) continue;
    throw std::runtime_error("something is written though " + why +
                             "; the last requests:" + LastRequests(world_.server().requests()));
  }
}

}  // namespace k8sm::test
