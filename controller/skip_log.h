// Tells the log what of a service is not published: once, and once more when it is over.

#ifndef K8SM_CONTROLLER_SKIP_LOG_H_
#define K8SM_CONTROLLER_SKIP_LOG_H_

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/object_meta.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace k8sm::controller {

// What there is to say after a sync.
struct SkipLogLine {
  enum class Level { kInfo, kWarning, kVerbose };
  Level level = Level::kInfo;
  std::string text;
};

// Remembers what was said of each service. Pure: the caller writes the lines, and passes the time in.
class SkipLog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // The lines for a service that has just been planned:
  //   WARNING skipped pod NS/POD for service NS/SVC port PORT: REASON: SENTENCE   new, or for another reason
  //   INFO    restored pod NS/POD for service NS/SVC port PORT                    it is published now
  //   WARNING service NS/SVC has no endpoints: ...                                skips took the last of them
  //   INFO    service NS/SVC has endpoints again                                  that is over
  //   WARNING endpoints NS/SVC go without annotations of container ports: ...     they would be too large
  //   INFO    endpoints NS/SVC have annotations of container ports again          that is over
  // and, at the verbose level, the skips that were told of before. A pod that is gone, or that counts no more
  // (it has ended or leaves), is forgotten without a word.
  std::vector<SkipLogLine> Update(const kube::ObjectKey& service, const endpoints::EndpointsPlan& plan,
                                  TimePoint now);

  // The service is gone, or is none of our business any more.
  void Forget(const kube::ObjectKey& service);

  // How many skips there are, each of a pod, a service and its port, and how many there have been.
  std::size_t current(endpoints::SkipReason reason) const { return current_[Index(reason)]; }
  std::uint64_t begun(endpoints::SkipReason reason) const { return begun_[Index(reason)]; }

  // Since when the pod is skipped for that port for that reason; nothing where the last sync did not find so.
  std::optional<TimePoint> Since(const kube::ObjectKey& service, const endpoints::Skip& skip) const;

 private:
  // The pod's uid and the service port.
  using Place = std::pair<std::string, std::string>;
  struct Known {
    kube::ObjectKey pod;
    endpoints::SkipReason reason;
    TimePoint since;
  };
  struct ServiceState {
    std::map<Place, Known> skips;
    bool told_empty = false;
    bool told_too_large = false;
  };

  static std::size_t Index(endpoints::SkipReason reason) { return static_cast<std::size_t>(reason); }
  void CountOut(const ServiceState& state);

  std::unordered_map<kube::ObjectKey, ServiceState, kube::ObjectKeyHash> services_;
  std::array<std::size_t, endpoints::kSkipReasons> current_{};
  std::array<std::uint64_t, endpoints::kSkipReasons> begun_{};
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_SKIP_LOG_H_
