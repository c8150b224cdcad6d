// Formats findings as one-line messages.

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

// Returns "two"; digits from 11 on.
std::string InWords(std::uint64_t n);

// Returns the ports that all eligible agents together offer, abbreviated: "31000-31019".
std::string OfferedTo(const PortSpace& space, const Demand& demand);

// Describes what uses a port: "held by shop/web-1", "held by another framework".
std::string DescribeHolder(const PortSpace& space, CellState state, HolderIndex holder);

// "on node2 31019 is held by another framework, on node3 ... , and 5 more"
std::string DescribeBlockers(const PortSpace& space, const Blockers& blockers);

// Explains the judgement on a pod of this demand, without full stop: "8080 is offered by no agent; offered:
// 31000-31019". Empty if it fits.
std::string Sentence(const PortSpace& space, const Demand& demand, const Judgement& judgement);

// Returns ports that would work for `replicas` pods instead of the invalid ones, keeping the others; nullopt
// if there are none.
std::optional<Suggestion> SuggestInstead(Suggester& suggester, const Demand& demand,
                                         const Judgement& judgement, std::uint32_t replicas,
                                         const PortSet& avoid);
std::optional<Suggestion> SuggestInstead(const PortSpace& space, const Demand& demand,
                                         const Judgement& judgement, std::uint32_t replicas,
                                         const PortSet& avoid);

// Returns "Take 31009 (free on 3 of 3 agents)"; `agents` is the number of eligible agents.
std::string Advice(const Suggestion& suggestion, std::uint64_t agents);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_SENTENCE_H_
