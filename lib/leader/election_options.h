// How a process takes part in the election of a leader.

#ifndef K8SM_LIB_LEADER_ELECTION_OPTIONS_H_
#define K8SM_LIB_LEADER_ELECTION_OPTIONS_H_

#include "lib/base/boot_clock.h"

#include <chrono>
#include <functional>
#include <string>

namespace k8sm::leader {

// The names and defaults of upstream's (k8s.io/component-base/config).
struct ElectionOptions {
  // How long others wait, from when they have seen the leader's last renewal, before they take over. Written
  // to the lease in whole seconds, rounded up.
  std::chrono::milliseconds lease_duration{15'000};
  // How long a leader is sure of itself, from when it has sent its last renewal that succeeded. As long as
  // clocks differ in rate by no more than lease_duration / renew_deadline, nobody else leads until then.
  std::chrono::milliseconds renew_deadline{10'000};
  // Between two renewals, and two tries of others.
  std::chrono::milliseconds retry_period{2'000};
  // The Lease, or the Endpoints object.
  std::string lease_namespace = "kube-system";
  std::string lease_name = "k8sm-controller-manager";
  // Who we are, different from everybody else that takes part.
  std::string identity;
  // What tells the time. Whatever others may count on has to pass in it.
  std::function<BootClock::time_point()> clock = BootClock::now;
};

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_ELECTION_OPTIONS_H_
