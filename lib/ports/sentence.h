// What is wrong, in one line for people.

#ifndef K8SM_LIB_PORTS_SENTENCE_H_
#define K8SM_LIB_PORTS_SENTENCE_H_

#include "lib/ports/judge.h"
#include "lib/ports/port_space.h"
#include "lib/ports/suggest.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace k8sm::ports {

// "31000", "31000 and 31001", "31000, 31001 and 31002"; after `max` ports "and 5 more".
std::string ListOf(std::span<const Port> ports, std::size_t max = 10);

// "1 agent", "3 agents"
std::string Count(std::uint64_t n, std::string_view noun);

// "two"; digits from 11 on.
std::string InWords(std::uint64_t n);

// The ports that all eligible agents together offer, shortened: "31000-31019".
std::string OfferedTo(const PortSpace& space, const Demand& demand);

// Who is on a port: "held by shop/web-1", "held by another framework".
std::string DescribeHolder(const PortSpace& space, CellState state, HolderIndex holder);

// "on node2 31019 is held by another framework, on node3 ... , and 5 more"
std::string DescribeBlockers(const PortSpace& space, const Blockers& blockers);

// Why a pod of this demand is judged so, without a full stop: "8080 is offered by no agent; offered:
// 31000-31019". Empty where it fits.
std::string Sentence(const PortSpace& space, const Demand& demand, const Judgement& judgement);

// The ports that would do for `replicas` pods in place of those that are wrong, the others kept; nothing
// where there are none that would.
std::optional<Suggestion> SuggestInstead(const PortSpace& space, const Demand& demand,
                                         const Judgement& judgement, std::uint32_t replicas,
                                         const PortSet& avoid);

// "Take 31009 (free on 3 of 3 agents)"; `agents` is how many are eligible.
std::string Advice(const Suggestion& suggestion, std::uint64_t agents);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_SENTENCE_H_
