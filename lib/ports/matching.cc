#include "lib/ports/matching.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace k8sm::ports {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// Augments a flow from loads to classes of agents along shortest paths.
class Flow {
 public:
  Flow(const std::vector<std::uint64_t>& wanted, const std::vector<std::vector<std::uint32_t>>& agents)
      : left_(wanted) {
    std::map<std::vector<std::uint32_t>, std::uint64_t> classes;
    for (const auto& loads : agents) ++classes[loads];
    takes_.resize(wanted.size());
    for (const auto& [loads, count] : classes) {
      const auto index = static_cast<std::uint32_t>(room_.size());
      room_.push_back(count);
      flow_.emplace_back(wanted.size());
      for (const std::uint32_t load : loads) takes_[load].push_back(index);
    }
  }

  std::optional<std::uint64_t> Maximise(std::size_t max_steps) {
    steps_left_ = max_steps;
    std::uint64_t total = 0;
    for (std::uint32_t load = 0; load < left_.size(); ++load) {
      while (left_[load] > 0) {
        const auto more = AugmentFrom(load);
        if (!more) return std::nullopt;
        if (*more == 0) break;
        total += *more;
      }
    }
    return total;
  }

 private:
  // Returns how many more pods of the load were placed; 0 if no more can be. nullopt: out of steps.
  std::optional<std::uint64_t> AugmentFrom(std::uint32_t start) {
    class_before_.assign(left_.size(), kNone);
    load_before_.assign(room_.size(), kNone);
    queue_.assign(1, start);
    for (std::size_t next = 0; next < queue_.size(); ++next) {
      const std::uint32_t load = queue_[next];
      for (const std::uint32_t to : takes_[load]) {
        if (steps_left_ < left_.size()) return std::nullopt;
        --steps_left_;
        if (load_before_[to] != kNone) continue;
        load_before_[to] = load;
        if (room_[to] > 0) return Push(start, to);
        Displace(to, start);
      }
    }
    return 0;
  }

  // Pods placed in the full class may move to another one.
  void Displace(std::uint32_t from, std::uint32_t start) {
    steps_left_ -= left_.size();
    for (std::uint32_t load = 0; load < left_.size(); ++load) {
      if (load == start || flow_[from][load] == 0 || class_before_[load] != kNone) continue;
      class_before_[load] = from;
      queue_.push_back(load);
    }
  }

  std::uint64_t Push(std::uint32_t start, std::uint32_t end) {
    std::uint64_t amount = std::min(left_[start], room_[end]);
    for (std::uint32_t load = load_before_[end]; load != start; load = load_before_[class_before_[load]]) {
      amount = std::min(amount, flow_[class_before_[load]][load]);
    }
    left_[start] -= amount;
    room_[end] -= amount;
    for (std::uint32_t to = end;;) {
      const std::uint32_t load = load_before_[to];
      flow_[to][load] += amount;
      if (load == start) return amount;
      to = class_before_[load];
      flow_[to][load] -= amount;
    }
  }

  std::vector<std::uint64_t> left_;                // by load: pods not placed
  std::vector<std::uint64_t> room_;                // by class: agents without a pod
  std::vector<std::vector<std::uint64_t>> flow_;   // by class and load: pods placed
  std::vector<std::vector<std::uint32_t>> takes_;  // by load: the classes that accept it
  std::size_t steps_left_ = 0;
  // State of the current search.
  std::vector<std::uint32_t> class_before_;  // by load
  std::vector<std::uint32_t> load_before_;   // by class
  std::vector<std::uint32_t> queue_;
};

}  // namespace

std::optional<std::uint64_t> MaxMatching(const std::vector<std::uint64_t>& wanted,
                                         const std::vector<std::vector<std::uint32_t>>& agents,
                                         std::size_t max_steps) {
  return Flow(wanted, agents).Maximise(max_steps);
}

}  // namespace k8sm::ports
