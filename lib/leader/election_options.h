// Options of leader election.

#ifndef K8SM_LIB_LEADER_ELECTION_OPTIONS_H_
#define K8SM_LIB_LEADER_ELECTION_OPTIONS_H_

#include "lib/base/boot_clock.h"

#include <chrono>
#include <functional>
#include <string>

namespace k8sm::leader {

// Names and defaults are those of Kubernetes (k8s.io/component-base/config).
struct ElectionOptions {
  // How long other processes wait after they observed the leader's last renewal before they take over.
  // Written to the lease in whole seconds, rounded up. Default 15 s.
  std::chrono::milliseconds lease_duration{15'000};
  // How long a leader considers itself leader after it sent its last successful renewal. Excludes two leaders
  // as long as clock rates differ by less than lease_duration / renew_deadline. Default 10 s.
  std::chrono::milliseconds renew_deadline{10'000};
  // Time between two renewals, and between two attempts to acquire the lease. Default 2 s.
  std::chrono::milliseconds retry_period{2'000};
  // Namespace and name of the Lease or Endpoints object.
  std::string lease_namespace = "kube-system";
  std::string lease_name = "k8sm-controller-manager";
  // An annotation that the leader writes to the lock, for settings that all participants must share; empty
  // key: none.
  std::string annotation_key;
  std::string annotation_value;
  // Identity of this process; must be unique among all participants.
  std::string identity;
  // The clock. It must advance while other machines can observe time passing, i.e. also during suspend.
  std::function<BootClock::time_point()> clock = BootClock::now;
};

}  // namespace k8sm::leader

#endif  // K8SM_LIB_LEADER_ELECTION_OPTIONS_H_
