// Counts a service's pods by whether they receive traffic.

#ifndef K8SM_LIB_ENDPOINTS_POD_COUNTS_H_
#define K8SM_LIB_ENDPOINTS_POD_COUNTS_H_

#include "lib/endpoints/skip.h"
#include "lib/endpoints/verdicts.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm::endpoints {

// Why a service has no endpoints, i.e. no ready address. Add new values to kEmptyReasons, too.
enum class EmptyReason : std::uint8_t {
  kNoPods,            // its selector matches no pod
  kMistypedSelector,  // the same, and one edit of a label would make it match some
  kSkipped,           // at least one pod could be published but for a Skip
  kNotReady,          // no pod is skipped, at least one is not ready
  kEnded,             // all pods have finished or are being deleted
};

inline constexpr std::size_t kEmptyReasons = 5;

// The name in metrics and pages: "no_pods", "mistyped_selector", "skipped", "not_ready", "ended".
std::string_view ToString(EmptyReason reason);

// The pods that a service selects. Each is counted once, by the best of its ports.
struct PodCounts {
  std::size_t ready = 0;      // listed, and ready; for publishNotReadyAddresses all that are listed
  std::size_t not_ready = 0;  // listed but not ready, or without an address because they are starting
  std::size_t skipped = 0;    // not in Endpoints, or, if nodes are known, in no EndpointSlice
  std::size_t ended = 0;      // finished or being deleted
  // Those of `skipped`, by reason: for each pod that of its first port that has one.
  std::array<std::size_t, kSkipReasons> skipped_for{};

  std::size_t all() const { return ready + not_ready + skipped + ended; }
  friend bool operator==(const PodCounts&, const PodCounts&) = default;
};

// Takes O(pods * ports).
PodCounts CountPods(const Verdicts& verdicts);

// `mistyped`: whether the selector is probably mistyped, which matters only if it matches no pod.
// REQUIRES: counts.ready == 0.
EmptyReason WhyEmpty(const PodCounts& counts, bool mistyped);

// Returns "3 pods skipped: 2 no_host_port, 1 node_not_found; 1 not ready, 1 finished or being deleted",
// without what is 0; "no pods" if all are.
std::string Describe(const PodCounts& counts);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_POD_COUNTS_H_
