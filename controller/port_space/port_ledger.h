// Keeps the host ports that pods request and hold, and the node ports of services, up to date with the
// caches.

#ifndef K8SM_CONTROLLER_PORT_SPACE_PORT_LEDGER_H_
#define K8SM_CONTROLLER_PORT_SPACE_PORT_LEDGER_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/timestamp.h"
#include "lib/ports/demand.h"
#include "lib/ports/snapshot.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace k8sm::controller {

// A pod without a node.
struct PendingPod {
  kube::ObjectKey key;
  kube::Uid uid;
  std::optional<kube::Timestamp> created;
};

// Pods of one namespace with equal demands: usually those of one workload.
struct DemandGroup {
  std::uint64_t id = 0;  // never used again for another group
  kube::Symbol ns;
  ports::Demand demand;
  std::map<kube::ObjectKey, PendingPod> pending;
  std::size_t bound = 0;
  std::size_t mirrors = 0;  // of these, mirror pods of static pods, which the scheduler does not place
};

// Pods that request no host ports and hold none are not kept.
class PortLedger {
 public:
  explicit PortLedger(ports::SchedulerRules rules) : rules_(std::move(rules)) {}
  PortLedger(const PortLedger&) = delete;
  PortLedger& operator=(const PortLedger&) = delete;

  // Take a change of a store (informer::Store::Listener). O(ports of the pod).
  void OnPod(const kube::Pod* before, const kube::Pod* after);
  void OnService(const kube::Service* before, const kube::Service* after);

  // Grows with each change of what is below.
  std::uint64_t version() const { return version_; }

  // The bound pods that hold ports, in no particular order. O(pods).
  std::vector<ports::SharedHolder> Holders() const;
  ports::PortSet NodePorts() const;
  // In order of id.
  const std::list<DemandGroup>& groups() const { return groups_; }
  const ports::SchedulerRules& rules() const { return rules_; }

 private:
  using Groups = std::list<DemandGroup>;
  struct Entry {
    ports::SharedHolder holder;  // null: none
    std::optional<Groups::iterator> group;
    bool pending = false;
    bool mirror = false;
  };

  void Add(const kube::Pod& pod);
  void Remove(const kube::ObjectKey& key);
  Groups::iterator GroupOf(const kube::Symbol& ns, ports::Demand demand);
  void DropIfEmpty(Groups::iterator group);

  const ports::SchedulerRules rules_;
  std::unordered_map<kube::ObjectKey, Entry, kube::ObjectKeyHash> pods_;
  Groups groups_;
  std::unordered_multimap<std::size_t, Groups::iterator> by_hash_;
  std::unordered_map<ports::Port, std::size_t> node_ports_;  // by number of services, never 0
  std::uint64_t version_ = 0;
  std::uint64_t last_group_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_PORT_LEDGER_H_
