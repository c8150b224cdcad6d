// Several controllers that compete for one lock.

#ifndef K8SM_TEST_INTEGRATION_REPLICAS_H_
#define K8SM_TEST_INTEGRATION_REPLICAS_H_

#include "controller/program/options.h"
#include "lib/async/task_group.h"
#include "lib/leader/lock_kind.h"
#include "test/integration/world.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace k8sm::test {

// Each replica has a name, which is its identity, and an io_context of its own, so that it can be suspended
// while others run. Clocks advance in real time, and jump when a test says so; waits in between are short.
class Replicas {
 public:
  // `world` must outlive it.
  explicit Replicas(World& world, leader::LockKind kind = leader::LockKind::kLeases);
  ~Replicas();

  // The options used if a test gives none: the default election durations with a shorter retry period.
  controller::Options Defaults() const;

  // Starts a replica whose clock differs from the others by `apart`.
  void Start(const std::string& name, std::chrono::hours apart = {});
  void Start(const std::string& name, controller::Options options, std::chrono::hours apart = {});
  // Like SIGSTOP and SIGCONT.
  void Freeze(const std::string& name) { replicas_.at(name)->frozen = true; }
  void Thaw(const std::string& name) { replicas_.at(name)->frozen = false; }
  // Like SIGTERM.
  void Stop(const std::string& name);
  // Like SIGKILL.
  void Kill(const std::string& name) { replicas_.erase(name); }
  // The exit code of a replica that has exited; nullopt while it runs.
  std::optional<int> ExitCode(const std::string& name) const { return replicas_.at(name)->exit_code; }

  // Advances every clock, including those of suspended replicas, before anything runs.
  void Pass(std::chrono::seconds time) { passed_ += time; }

  // Like World::RunUntil, including the replicas.
  bool RunUntil(const std::function<bool()>& condition);
  // Runs what is ready in the world and every replica, at most `times` times.
  void Turn(int times);

  // Sets the kind of lock for replicas started from now on, and for Holder().
  void Use(leader::LockKind kind) { kind_ = kind; }

  // Returns the holder of the stored lock; empty if there is none.
  std::string Holder() const;
  // Returns who wrote Endpoints and EndpointSlices, in order and without repetitions: "a b".
  std::string Writers() const;
  // Whether each of these writes came from the replica that last wrote a lock.
  bool OnlyLeadersWrote() const;

 private:
  struct Replica {
    asio::io_context context;
    std::optional<int> exit_code;
    std::unique_ptr<TaskGroup> tasks;
    std::unique_ptr<controller::Manager> manager;
    bool frozen = false;
  };

  bool TurnOnce();

  World& world_;
  leader::LockKind kind_;
  std::chrono::nanoseconds passed_{0};
  std::map<std::string, std::unique_ptr<Replica>> replicas_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_REPLICAS_H_
