// Several electors, each with a clock of its own, and an API server that holds the locks: simulated, so that
// every order of events can be tried within milliseconds.

#ifndef K8SM_TEST_UNIT_LEADER_ELECTION_SIMULATION_H_
#define K8SM_TEST_UNIT_LEADER_ELECTION_SIMULATION_H_

#include "lib/leader/elector_machine.h"
#include "lib/leader/lock_kind.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace k8sm::leader {

// The faults that a simulation injects at random.
struct Hazards {
  // How many times as fast as the slowest clock the fastest one may be.
  double clock_ratio = 1;
  // Probability that a request, or an answer, does not arrive; the sender times out then.
  double loss = 0;
  // The longest latency of a request, and of an answer.
  std::chrono::milliseconds longest_way{200};
  // Now and then each process is stopped, or cut off from the server, for up to this long.
  std::chrono::milliseconds longest_stop{0};
  std::chrono::milliseconds longest_partition{0};
  // Processes end now and then, half of them after a release, and others start.
  bool restarts = false;
  // The kind of lock of processes that start before `upgrade` of simulated time has passed. Those that start
  // later use a Lease, and have to respect the other kind.
  LockKind kind = LockKind::kLeases;
  std::chrono::nanoseconds upgrade = std::chrono::nanoseconds::max();
};

class ElectionSimulation {
 public:
  using Time = std::chrono::nanoseconds;  // since the start of the simulation

  ElectionSimulation(std::size_t processes, Hazards hazards, std::uint32_t seed);
  ~ElectionSimulation();

  // Simulates this much time.
  void Run(Time time);
  // Injects no more faults from now on; those under way end by themselves.
  void Heal();

  // Ends the process in this place after a release, and starts another.
  void Restart(std::size_t place);

  // Number of processes that are sure to lead now, each by its own clock, whether stopped or not.
  std::size_t leaders() const;
  // The largest number of leaders at any time.
  std::size_t most_leaders() const { return most_leaders_; }
  // How often a process other than the last leader has started to lead.
  std::size_t terms() const { return terms_; }
  // Number of processes that use this kind of lock, or wait to.
  std::size_t electors(LockKind kind) const;
  // The longest time without a leader.
  Time longest_gap() const { return longest_gap_; }

 private:
  struct Process;

  ElectorMachine::Moment MomentOf(const Process& process);
  void At(Time time, std::function<void()> event);
  void Start(std::size_t place);
  void Resume(const std::shared_ptr<Process>& process);
  void Perform(const std::shared_ptr<Process>& process, ElectorAction action);
  void Deliver(const std::shared_ptr<Process>& process, std::uint64_t request, Result<kube::Lease> answer);
  Result<kube::Lease> Serve(LockKind kind, const ElectorAction& action);
  static ElectorAction NextOf(Process& process, const ElectorMachine::Moment& moment);
  void Disturb(std::size_t place);
  void DisturbLater(std::size_t place);
  void Look();

  bool Chance(double probability);
  Time Upto(std::chrono::milliseconds most);
  Time Way();

  const ElectionOptions options_;
  Hazards hazards_;
  std::mt19937 random_;
  Time now_{0};
  std::multimap<Time, std::function<void()>> events_;
  std::vector<std::shared_ptr<Process>> processes_;
  int started_ = 0;
  std::map<LockKind, kube::Lease> locks_;  // as the server stores them
  std::uint64_t version_ = 0;
  std::size_t most_leaders_ = 0;
  std::size_t terms_ = 0;
  std::string last_leader_;
  Time led_until_{0};
  Time longest_gap_{0};
};

}  // namespace k8sm::leader

#endif  // K8SM_TEST_UNIT_LEADER_ELECTION_SIMULATION_H_
