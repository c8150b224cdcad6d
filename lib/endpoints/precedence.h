// Which of the pods that claim one host address, port and protocol is published there.

#ifndef K8SM_LIB_ENDPOINTS_PRECEDENCE_H_
#define K8SM_LIB_ENDPOINTS_PRECEDENCE_H_

#include "lib/endpoints/verdicts.h"

#include <string>

namespace k8sm::endpoints {

// Whether the place is `a`'s rather than `b`'s: a strict total order of the claims of different pods, as
// Judge has it.
bool TakesPrecedence(const Claim& a, const Claim& b);

// Why `winner` keeps what `loser` claims too and what to change, to follow "PLACE is taken by pod NS/NAME".
// REQUIRES: TakesPrecedence(winner, loser).
std::string WhyAndWhatToDo(const Claim& winner, const Claim& loser);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_PRECEDENCE_H_
