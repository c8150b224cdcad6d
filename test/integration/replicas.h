// Controllers that compete for one lock.

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

// Each by a name, which is its identity, and on an io_context of its own, so that it can stand still while
// others go on. Their clocks go as the real one does, and jump when a test says so; what they wait for in
// between is short.
class Replicas {
 public:
  // The world has to outlive it.
  explicit Replicas(World& world, leader::LockKind kind = leader::LockKind::kLeases);
  ~Replicas();

  // How each is started, unless a test says otherwise: the durations of an election are the default ones, but
  // for a short retry period.
  controller::Options Defaults() const;

  // `apart` is how far its clock is from those of others.
  void Start(const std::string& name, std::chrono::hours apart = {});
  void Start(const std::string& name, controller::Options options, std::chrono::hours apart = {});
  // As SIGSTOP and SIGCONT do.
  void Freeze(const std::string& name) { replicas_.at(name)->frozen = true; }
  void Thaw(const std::string& name) { replicas_.at(name)->frozen = false; }
  // As SIGTERM does.
  void Stop(const std::string& name);
  // As SIGKILL does.
  void Kill(const std::string& name) { replicas_.erase(name); }
  // Of one that has ended by itself.
  std::optional<int> ExitCode(const std::string& name) const { return replicas_.at(name)->exit_code; }

  // Lets so much time pass on every clock, that of the frozen too, before anybody does anything.
  void Pass(std::chrono::seconds time) { passed_ += time; }

  // As World's, with the replicas.
  bool RunUntil(const std::function<bool()>& condition);
  // Lets everybody do what there is to do, at most so many times.
  void Turn(int times);

  // From now on those that start elect on this kind, and Holder() is about it.
  void Use(leader::LockKind kind) { kind_ = kind; }

  // Who holds the stored lock; empty: nobody.
  std::string Holder() const;
  // Whose writes of Endpoints and EndpointSlices the server has got, in their order, each only where it is
  // another than before: "a b".
  std::string Writers() const;
  // Whether each of these writes came from whoever had written a lock last.
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
