// Tells the log what of a service is not published: once, and once more when it is over.

#ifndef K8SM_CONTROLLER_REPORT_SKIP_LOG_H_
#define K8SM_CONTROLLER_REPORT_SKIP_LOG_H_

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
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace k8sm::controller {

// What there is to say after a sync.
struct SkipLogLine {
  enum class Level {
    kInfo,
    kWarning,
    kChange,      // at V(2)
    kRepetition,  // at V(4)
  };
  Level level = Level::kInfo;
  std::string text;
};

struct SkipNews {
  std::vector<SkipLogLine> lines;
  // The skips that the warnings among the lines tell of, with the service that each is of.
  std::vector<std::pair<kube::ObjectKey, endpoints::Skip>> told;
};

// Remembers what was said of each service. Pure: the caller writes the lines, and passes the time in.
class SkipLog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // How long a pod that has a node may be without an address before that is worth a warning.
  static constexpr std::chrono::seconds kStartTime{30};

  // The lines for a service that has just been planned:
  //   WARNING skipped pod NS/POD for service NS/SVC port PORT: REASON: SENTENCE   new, or for another reason
  //   INFO    restored pod NS/POD for service NS/SVC port PORT                    it is published now
  //   WARNING service NS/SVC has no endpoints: ...                                skips took the last of them
  //   INFO    service NS/SVC has endpoints again                                  that is over
  //   WARNING endpoints NS/SVC go without annotations of container ports: ...     they would be too large
  //   INFO    endpoints NS/SVC have annotations of container ports again          that is over
  // and, at the verbose level, the skips that were told of before. A pod that is gone, or that counts no more
  // (it has ended or leaves), is forgotten without a word.
  //
  // A pod that only starts is no trouble yet: while it has no address because it is not scheduled, or for
  // less than kStartTime, its skips and their end are told at V(2).
  SkipNews Update(const kube::ObjectKey& service, const endpoints::EndpointsPlan& plan, TimePoint now);

  // The warnings of pods whose start has taken kStartTime by now, in whatever order. To be called now and
  // then, for nothing needs to happen to such a pod's service.
  SkipNews Overdue(TimePoint now);

  // The service is gone, or is none of our business any more.
  void Forget(const kube::ObjectKey& service);

  // How many skips there are, each of a pod, a service and its port, and how many there have been.
  std::size_t current(endpoints::SkipReason reason) const { return current_[Index(reason)]; }
  std::uint64_t begun(endpoints::SkipReason reason) const { return begun_[Index(reason)]; }

  // Since when the pod is skipped for that port for that reason; nothing where the last sync did not find so.
  std::optional<TimePoint> Since(const kube::ObjectKey& service, const endpoints::Skip& skip) const;

  // "no pods skipped", "12 pods skipped: 9 no_host_port, 3 host_port_conflict", how many times each.
  std::string Summary() const;

 private:
  // The pod's uid and the service port.
  using Place = std::pair<std::string, std::string>;
  struct Known {
    kube::ObjectKey pod;
    endpoints::SkipReason reason;
    endpoints::SkipOutlook outlook;
    bool told = false;     // by a warning
    TimePoint since;       // that it has this reason and outlook
    std::string sentence;  // until it is told
  };
  struct ServiceState {
    std::map<Place, Known> skips;
    bool has_addresses = false;
    bool told_empty = false;
    bool told_too_large = false;
  };

  static std::size_t Index(endpoints::SkipReason reason) { return static_cast<std::size_t>(reason); }
  Known Meet(const endpoints::Skip& skip, const Known* known, const kube::ObjectKey& service, TimePoint now,
             SkipNews& news);
  static void TellEmpty(ServiceState& state, const kube::ObjectKey& service, SkipNews& news);
  void CountOut(const ServiceState& state);

  std::unordered_map<kube::ObjectKey, ServiceState, kube::ObjectKeyHash> services_;
  // Those with pods that start.
  std::unordered_set<kube::ObjectKey, kube::ObjectKeyHash> starting_;
  std::array<std::size_t, endpoints::kSkipReasons> current_{};
  std::array<std::uint64_t, endpoints::kSkipReasons> begun_{};
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_SKIP_LOG_H_
