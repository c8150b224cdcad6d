#include "controller/ports_program/commands.h"
#include "controller/ports_program/report.h"
#include "lib/base/count.h"
#include "lib/ports/sentence.h"
#include "lib/ports/suggest.h"

#include <cstdlib>
#include <utility>

namespace k8sm::ports_program {
namespace {

ports::Wish WishOf(const State& state, const Options& options) {
  ports::Wish wish;
  wish.ports = static_cast<std::uint32_t>(std::strtoul(options.operands[0].c_str(), nullptr, 10));
  wish.replicas = options.replicas;
  wish.contiguous = options.contiguous;
  wish.where.roles = options.roles.empty() ? options.rules.default_roles : options.roles;
  wish.where.selector = options.selector;
  wish.where.wild = options.wild;
  wish.avoid = options.avoid | ports::PortsOfK8sm() | state.declared;
  return wish;
}

std::string TextOf(const ports::Suggestion& suggestion, std::size_t eligible, std::uint32_t replicas,
                   bool shared) {
  std::string text;
  for (const ports::Port port : suggestion.ports) text += (text.empty() ? "" : " ") + std::to_string(port);
  const bool several = suggestion.ports.size() > 1;
  text += std::string("   free ") + (several ? "together " : "") + "on " + std::to_string(suggestion.agents) +
          " of " + Count(eligible, "agent");
  if (suggestion.best_possible)
    text += several ? "; no " + ports::InWords(suggestion.ports.size()) + " ports do better"
                    : "; no port does better";
  if (!suggestion.enough) text += "; not enough for " + Count(replicas, "replica");
  if (shared) text += "; other workloads declare some of them";
  return text + "\n";
}

}  // namespace

Answer SuggestPorts(const State& state, const Options& options) {
  const ports::Wish wish = WishOf(state, options);
  const std::size_t eligible = state.space.CountEligible(wish.where);
  auto suggestion = Suggest(state.space, wish);
  bool shared = false;
  if (!suggestion || !suggestion->enough) {
    // Ports that other workloads have are better than none.
    ports::Wish wider = wish;
    wider.avoid = options.avoid | ports::PortsOfK8sm();
    const auto more = Suggest(state.space, wider);
    shared = more && (!suggestion || more->agents > suggestion->agents);
    if (shared) suggestion = more;
  }
  Answer answer;
  answer.json = "{\"version\":1,\"snapshot\":" + SnapshotJson(&state) + ",\"ports\":";
  if (!suggestion) {
    answer.text = wish.ports == 1
                      ? "no port is"
                      : "no " + Count(wish.ports, "port") + (wish.contiguous ? " in a row" : "") + " are";
    answer.text += std::string(" free ") + (wish.ports == 1 ? "" : "together ") + "on any of " +
                   Count(eligible, "agent") + "\n";
    answer.json += "[],\"agents\":0,\"of\":" + std::to_string(eligible) + ",\"enough\":false}\n";
    answer.enough = false;
    return answer;
  }
  answer.text = TextOf(*suggestion, eligible, wish.replicas, shared);
  answer.json += PortsJson(suggestion->ports) + ",\"agents\":" + std::to_string(suggestion->agents) +
                 ",\"of\":" + std::to_string(eligible) +
                 ",\"enough\":" + (suggestion->enough ? "true" : "false") +
                 ",\"best_possible\":" + (suggestion->best_possible ? "true" : "false") + "}\n";
  answer.enough = suggestion->enough;
  return answer;
}

}  // namespace k8sm::ports_program
