#include "test/unit/leader/election_simulation.h"

#include "lib/leader/former_lock.h"

#include <algorithm>
#include <utility>

namespace k8sm::leader {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Type = ElectorAction::Type;

// How long a process waits for an answer, as LeaderElector does.
constexpr seconds kRequestTimeout{5};
// The usual latency of a request or an answer.
constexpr milliseconds kShortWay{20};
// The longest time between two disturbances of a process.
constexpr milliseconds kQuiet{40'000};

}  // namespace

struct ElectionSimulation::Process {
  Process(ElectionOptions options, double rate_, nanoseconds offset_)
      : machine(std::move(options)), rate(rate_), offset(offset_) {}

  BootClock::time_point Clock(Time now) const {
    return BootClock::time_point(offset + std::chrono::duration_cast<nanoseconds>(now * rate));
  }

  // The kind of the lock that the next request concerns.
  LockKind Kind() const { return former ? LockKind::kEndpoints : kind; }

  ElectorMachine machine;
  LockKind kind = LockKind::kLeases;
  std::optional<FormerLock> former;  // to be passed first
  double rate;
  nanoseconds offset;
  std::string name;
  bool alive = true;
  bool stopped = false;                     // makes no progress
  bool cut_off = false;                     // from the server
  bool due = false;                         // has to act as soon as it resumes
  std::uint64_t wake = 0;                   // the latest sleep
  std::uint64_t request = 0;                // the one that is under way, or the last one
  bool waits = false;                       // for the answer to it
  bool reads = false;                       // by it, and does not write
  std::optional<Result<kube::Lease>> held;  // the answer that it finds when it resumes
};

ElectionSimulation::ElectionSimulation(std::size_t processes, Hazards hazards, std::uint32_t seed)
    : hazards_(hazards), random_(seed), processes_(processes) {
  for (std::size_t place = 0; place < processes; ++place) Start(place);
}

ElectionSimulation::~ElectionSimulation() = default;

bool ElectionSimulation::Chance(double probability) {
  return std::uniform_real_distribution<double>(0, 1)(random_) < probability;
}

ElectionSimulation::Time ElectionSimulation::Upto(milliseconds most) {
  return nanoseconds(std::uniform_int_distribution<nanoseconds::rep>(0, nanoseconds(most).count())(random_));
}

// Most are short.
ElectionSimulation::Time ElectionSimulation::Way() {
  return Upto(Chance(0.8) ? std::min(kShortWay, hazards_.longest_way) : hazards_.longest_way);
}

void ElectionSimulation::At(Time time, std::function<void()> event) {
  events_.emplace(time, std::move(event));
}

void ElectionSimulation::Start(std::size_t place) {
  ElectionOptions options;
  options.identity = "process-" + std::to_string(++started_);
  const double rate = 1 + (hazards_.clock_ratio - 1) * std::uniform_real_distribution<double>(0, 1)(random_);
  // The ends of the range are the most telling.
  const double extreme = Chance(0.5) ? (Chance(0.5) ? 1 : hazards_.clock_ratio) : rate;
  auto process = std::make_shared<Process>(options, extreme, Upto(seconds(1'000'000)));
  process->name = options.identity;
  process->kind = now_ < hazards_.upgrade ? hazards_.kind : LockKind::kLeases;
  if (process->kind == LockKind::kLeases) process->former.emplace(options);
  processes_[place] = process;
  Resume(process);
  DisturbLater(place);
}

void ElectionSimulation::Restart(std::size_t place) {
  const auto process = processes_[place];
  process->machine.Release();
  process->former.reset();
  Resume(process);
}

void ElectionSimulation::DisturbLater(std::size_t place) {
  At(now_ + Upto(kQuiet), [this, process = processes_[place], place] {
    if (processes_[place] == process && process->alive) Disturb(place);
  });
}

void ElectionSimulation::Run(Time time) {
  const Time end = now_ + time;
  while (!events_.empty() && events_.begin()->first <= end) {
    auto next = events_.extract(events_.begin());
    now_ = next.key();
    next.mapped()();
    Look();
  }
  now_ = end;
  Look();
}

std::size_t ElectionSimulation::leaders() const {
  return static_cast<std::size_t>(std::ranges::count_if(processes_, [&](const auto& process) {
    const auto until = process->machine.sure_until();
    return process->alive && until && process->Clock(now_) < *until;
  }));
}

std::size_t ElectionSimulation::electors(LockKind kind) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      processes_, [&](const auto& process) { return process->alive && process->kind == kind; }));
}

// No process becomes leader between two events, so it suffices to look after each event.
void ElectionSimulation::Look() {
  most_leaders_ = std::max(most_leaders_, leaders());
  for (const auto& process : processes_) {
    const auto until = process->machine.sure_until();
    if (!process->alive || !until || process->Clock(now_) >= *until) continue;
    longest_gap_ = std::max(longest_gap_, now_ - led_until_);
    led_until_ =
        now_ + std::chrono::duration_cast<nanoseconds>((*until - process->Clock(now_)) / process->rate);
    if (process->name == last_leader_) continue;
    last_leader_ = process->name;
    ++terms_;
  }
}

// No wall clock is right, or even monotonic.
ElectorMachine::Moment ElectionSimulation::MomentOf(const Process& process) {
  return {.now = process.Clock(now_),
          .wall = kube::MicroTime(std::chrono::microseconds(random_())),
          .random = std::uniform_real_distribution<double>(0, 1)(random_)};
}

void ElectionSimulation::Resume(const std::shared_ptr<Process>& process) {
  if (!process->alive || process->waits) return;
  process->due = process->stopped;
  if (process->stopped) return;
  Perform(process, NextOf(*process, MomentOf(*process)));
}

ElectorAction ElectionSimulation::NextOf(Process& process, const ElectorMachine::Moment& moment) {
  if (process.former) {
    if (auto action = process.former->Next(moment)) return *std::move(action);
    process.former.reset();
  }
  return process.machine.Next(moment);
}

void ElectionSimulation::Perform(const std::shared_ptr<Process>& process, ElectorAction action) {
  if (action.type == Type::kLost || action.type == Type::kReleased || action.type == Type::kSuperseded) {
    // A supervisor starts it again.
    process->alive = false;
    const auto place = static_cast<std::size_t>(std::ranges::find(processes_, process) - processes_.begin());
    At(now_ + Upto(seconds(2)), [this, place] { Start(place); });
    return;
  }
  if (action.type == Type::kSleep) {
    const auto wait =
        std::chrono::duration_cast<nanoseconds>((action.until - process->Clock(now_)) / process->rate);
    At(now_ + std::max(wait, nanoseconds(1)), [this, process, wake = ++process->wake] {
      if (process->wake == wake) Resume(process);
    });
    return;
  }
  const std::uint64_t request = ++process->request;
  process->waits = true;
  process->reads = action.type == Type::kGet;
  const bool lost = process->cut_off || Chance(hazards_.loss);
  if (!lost) {
    At(now_ + Way(), [this, process, request, kind = process->Kind(), action = std::move(action)] {
      auto answer = Serve(kind, action);
      // The answer may be lost, and is if the process is cut off by now.
      if (process->cut_off || Chance(hazards_.loss)) return;
      At(now_ + Way(),
         [this, process, request, answer = std::move(answer)] { Deliver(process, request, answer); });
    });
  }
  const auto patience = std::chrono::duration_cast<nanoseconds>(nanoseconds(kRequestTimeout) / process->rate);
  At(now_ + patience, [this, process, request] {
    Deliver(process, request, Error{.code = Errc::kTimeout, .message = "no answer"});
  });
}

void ElectionSimulation::Deliver(const std::shared_ptr<Process>& process, std::uint64_t request,
                                 Result<kube::Lease> answer) {
  if (!process->alive || request != process->request || !process->waits) return;
  if (process->stopped) {
    // It finds whatever arrived first.
    if (!process->held) process->held = std::move(answer);
    return;
  }
  process->waits = false;
  const ElectorMachine::Moment moment = MomentOf(*process);
  if (process->former && process->reads) {
    process->former->OnRead(answer, moment);
  } else if (process->former) {
    process->former->OnWritten(answer, moment);
  } else if (process->reads) {
    process->machine.OnRead(answer, moment);
  } else {
    process->machine.OnWritten(answer, moment);
  }
  Resume(process);
}

Result<kube::Lease> ElectionSimulation::Serve(LockKind kind, const ElectorAction& action) {
  const auto found = locks_.find(kind);
  const bool exists = found != locks_.end();
  if (action.type == Type::kGet) {
    if (!exists) return Error{.code = Errc::kNotFound, .message = "no lease"};
    return found->second;
  }
  if (action.type == Type::kCreate && exists) return Error{.code = Errc::kAlreadyExists, .message = "exists"};
  const bool stale = action.type == Type::kUpdate &&
                     (!exists || found->second.meta.resource_version != action.lease.meta.resource_version);
  if (stale) return Error{.code = Errc::kConflict, .message = "changed"};
  kube::Lease lock = action.lease;
  lock.meta.resource_version = std::to_string(++version_);
  if (kind == LockKind::kEndpoints) {
    // The record of an Endpoints lock holds whole seconds.
    lock.renew_time = std::chrono::floor<seconds>(*lock.renew_time);
    lock.acquire_time = std::chrono::floor<seconds>(*lock.acquire_time);
  }
  locks_[kind] = lock;
  return lock;
}

void ElectionSimulation::Disturb(std::size_t place) {
  const auto process = processes_[place];
  if (hazards_.longest_stop.count() > 0 && Chance(0.4)) {
    process->stopped = true;
    At(now_ + Upto(hazards_.longest_stop), [this, process] {
      process->stopped = false;
      if (auto held = std::exchange(process->held, std::nullopt)) Deliver(process, process->request, *held);
      if (process->due) Resume(process);
    });
  }
  if (hazards_.longest_partition.count() > 0 && Chance(0.4)) {
    process->cut_off = true;
    At(now_ + Upto(hazards_.longest_partition), [process] { process->cut_off = false; });
  }
  if (hazards_.restarts && Chance(0.3)) {
    if (Chance(0.5)) {
      Restart(place);
    } else {
      process->alive = false;
      At(now_ + Upto(seconds(2)), [this, place] { Start(place); });
      return;
    }
  }
  DisturbLater(place);
}

void ElectionSimulation::Heal() {
  hazards_.loss = 0;
  hazards_.longest_way = milliseconds(200);
  hazards_.longest_stop = hazards_.longest_partition = milliseconds(0);
  hazards_.restarts = false;
}

}  // namespace k8sm::leader
