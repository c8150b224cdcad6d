// The faults that the server has at present, and whom they hit.

#ifndef K8SM_TEST_APISERVER_FAULTS_H_
#define K8SM_TEST_APISERVER_FAULTS_H_

#include "test/apiserver/fault_rule.h"

#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

class Faults {
 public:
  // What of a request decides.
  struct Query {
    std::string_view verb;
    std::string_view resource;
    // Path and query as they came.
    std::string_view target;
    std::string_view user_agent;
  };

  // Replaces all rules and begins to count anew. What they have done to connections that are open stays.
  void Set(std::vector<FaultRule> rules);
  void Clear() { Set({}); }

  // The rule that hits this request; nullptr: none. It stays until the rules are replaced.
  const FaultRule* Decide(const Query& query);

  // Whether new connections are to be refused.
  bool refuses() const;

  // How many requests each rule has hit.
  std::size_t hits() const;
  std::size_t hits(std::size_t rule) const { return states_[rule].hits; }

  // The effect and the hits of each rule: [{"effect":"cut","matched":4,"hits":3}].
  std::string ToJson() const;

  // Called whenever the rules are replaced. May be empty.
  void OnChange(std::function<void()> listener) { on_change_ = std::move(listener); }

 private:
  struct State {
    FaultRule rule;
    std::mt19937 dice;
    std::size_t matched = 0;
    std::size_t hits = 0;
  };

  std::vector<State> states_;
  std::function<void()> on_change_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_FAULTS_H_
