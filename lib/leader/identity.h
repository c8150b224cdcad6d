// Who a process is in an election.

#ifndef K8SM_LIB_LEADER_IDENTITY_H_
#define K8SM_LIB_LEADER_IDENTITY_H_

#include <string>

namespace k8sm::leader {

// HOSTNAME_UUID, another one at each call: a process that starts again is not the one that ended.
std::string NewIdentity();

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_IDENTITY_H_
