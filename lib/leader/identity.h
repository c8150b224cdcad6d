// Identities of participants in an election.

#ifndef K8SM_LIB_LEADER_IDENTITY_H_
#define K8SM_LIB_LEADER_IDENTITY_H_

#include <string>

namespace k8sm::leader {

// Returns HOSTNAME_UUID with a new UUID on each call, so that a restarted process is a new participant.
std::string NewIdentity();

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_IDENTITY_H_
