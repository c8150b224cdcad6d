// The active fault rules, and which requests they hit.

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
  // The properties of a request that rules match.
  struct Query {
    std::string_view verb;
    std::string_view resource;
    // Path and query, still percent-encoded.
    std::string_view target;
    std::string_view user_agent;
  };

  // Replaces all rules and resets the counts. Effects on open connections remain.
  void Set(std::vector<FaultRule> rules);
  void Clear() { Set({}); }

  // Counts the request and returns the rule that hits it; nullptr if none. Valid until the rules are
  // replaced.
  const FaultRule* Decide(const Query& query);

  // Whether new connections must be refused.
  bool refuses() const;

  // The number of requests that all rules, or one rule, have hit.
  std::size_t hits() const;
  std::size_t hits(std::size_t rule) const { return states_[rule].hits; }

  // Returns effect and counts of each rule: [{"effect":"cut","matched":4,"hits":3}].
  std::string ToJson() const;

  // Sets a listener that is called when the rules are replaced. May be empty.
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
