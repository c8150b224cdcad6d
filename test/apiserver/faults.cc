#include "test/apiserver/faults.h"

#include <algorithm>
#include <utility>

namespace k8sm::apiserver {
namespace {

bool Matches(const FaultRule& rule, const Faults::Query& query) {
  const std::size_t question = query.target.find('?');
  const std::string_view parameters =
      question == query.target.npos ? std::string_view() : query.target.substr(question);
  return rule.effect != FaultEffect::kRefuse && (rule.verb.empty() || rule.verb == query.verb) &&
         (rule.resource.empty() || rule.resource == query.resource) && query.target.starts_with(rule.path) &&
         parameters.find(rule.query) != parameters.npos && query.user_agent.starts_with(rule.user_agent);
}

// Uniform in [0, 1), and the same on every platform, unlike std::uniform_real_distribution.
double Roll(std::mt19937& dice) {
  return double(dice()) / (double(std::mt19937::max()) + 1);
}

}  // namespace

void Faults::Set(std::vector<FaultRule> rules) {
  states_.clear();
  for (FaultRule& rule : rules) {
    std::mt19937 dice(rule.seed);
    states_.push_back({std::move(rule), dice});
  }
  if (on_change_) on_change_();
}

const FaultRule* Faults::Decide(const Query& query) {
  for (State& state : states_) {
    const FaultRule& rule = state.rule;
    if (!Matches(rule, query)) continue;
    if (++state.matched <= rule.skip || (rule.times > 0 && state.hits >= rule.times)) continue;
    if (rule.probability < 1 && Roll(state.dice) >= rule.probability) continue;
    ++state.hits;
    return &rule;
  }
  return nullptr;
}

bool Faults::refuses() const {
  return std::ranges::any_of(states_,
                             [](const State& state) { return state.rule.effect == FaultEffect::kRefuse; });
}

std::size_t Faults::hits() const {
  std::size_t hits = 0;
  for (const State& state : states_) hits += state.hits;
  return hits;
}

std::string Faults::ToJson() const {
  std::string text;
  for (const State& state : states_) {
    text += text.empty() ? "[" : ",";
    text.append("{\"effect\":\"").append(ToString(state.rule.effect)).append("\",\"matched\":");
    text += std::to_string(state.matched) + ",\"hits\":" + std::to_string(state.hits) + "}";
  }
  return text.empty() ? "[]" : text + "]";
}

}  // namespace k8sm::apiserver
