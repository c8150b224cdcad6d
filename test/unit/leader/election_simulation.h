// Several electors, each with a clock of its own, and an API server that holds the locks: simulated, so that
// every order of things can be tried within milliseconds.

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

// What chance may do to a simulation.
struct Hazards {
  // The fastest clock is at most so many times as fast as the slowest.
  double clock_ratio = 1;
  // Of a request: that it does not arrive, or that its answer does not; the sender learns so after a while.
  double loss = 0;
  // The longest way of a request, and of an answer.
  std::chrono::milliseconds longest_way{200};
  // Each process stands still, or is cut off from the server, now and then, for up to so long.
  std::chrono::milliseconds longest_stop{0};
  std::chrono::milliseconds longest_partition{0};
  // Processes end now and then, half of them after a release, and others begin.
  bool restarts = false;
  // What a process that starts elects on, before `upgrade` of the simulation's time has passed; from then on
  // it is a Lease, which has to respect the other kind.
  LockKind kind = LockKind::kLeases;
  std::chrono::nanoseconds upgrade = std::chrono::nanoseconds::max();
};

class ElectionSimulation {
 public:
  using Time = std::chrono::nanoseconds;  // since the simulation's begin

  ElectionSimulation(std::size_t processes, Hazards hazards, std::uint32_t seed);
  ~ElectionSimulation();

  // Lets so much time pass, with what happens in it.
  void Run(Time time);
  // From now on nothing goes wrong any more; what stands still goes on.
  void Heal();

  // The process in this place ends after a release, and another begins.
  void Restart(std::size_t place);

  // Processes that are sure to lead at this moment, each by its own clock, standing still or not.
  std::size_t leaders() const;
  // The most that there have been at a time.
  std::size_t most_leaders() const { return most_leaders_; }
  // How often another one has begun to lead.
  std::size_t terms() const { return terms_; }
  // How many processes elect on this kind, or wait to.
  std::size_t electors(LockKind kind) const;
  // How long nobody has led, at the longest.
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
  std::map<LockKind, kube::Lease> locks_;  // as the server has them
  std::uint64_t version_ = 0;
  std::size_t most_leaders_ = 0;
  std::size_t terms_ = 0;
  std::string last_leader_;
  Time led_until_{0};
  Time longest_gap_{0};
};

}  // namespace k8sm::leader

#endif  // K8SM_TEST_UNIT_LEADER_ELECTION_SIMULATION_H_
