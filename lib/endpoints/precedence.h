// Resolves conflicts between pods that claim the same host address, port and protocol.

#ifndef K8SM_LIB_ENDPOINTS_PRECEDENCE_H_
#define K8SM_LIB_ENDPOINTS_PRECEDENCE_H_

#include "lib/endpoints/verdicts.h"

#include <string>

namespace k8sm::endpoints {

// Whether `a` is published rather than `b`. A strict total order on claims of different pods; see Judge() for
// the criteria.
bool TakesPrecedence(const Claim& a, const Claim& b);

// Explains why `winner` is published instead of `loser` and what to change. The text follows "PLACE is taken
// by pod NS/NAME". REQUIRES: TakesPrecedence(winner, loser).
std::string WhyAndWhatToDo(const Claim& winner, const Claim& loser);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_PRECEDENCE_H_
