// Decides what to log about pods that are not published: each skip once when it begins and once when it ends.

#ifndef K8SM_CONTROLLER_REPORT_SKIP_LOG_H_
#define K8SM_CONTROLLER_REPORT_SKIP_LOG_H_

#include "controller/report/log_line.h"
#include "lib/base/failure_log.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/symbol.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace k8sm::controller {

// The result of planning a service, as far as the log needs it.
struct PublishedState {
  // In the order of endpoints::SkipsOf: by pod name, then in the order of the service's ports.
  std::vector<endpoints::Skip> skips;
  // Whether the plan publishes the pod with this uid for this port (Skip::service_port), including addresses
  // that exceed the capacity of Endpoints.
  std::function<bool(const kube::Uid& pod_uid, std::string_view service_port)> is_published;
  bool container_ports_too_large = false;  // EndpointsPlan::container_ports_too_large
};

// A skip that the last sync of its service found.
struct CurrentSkip {
  endpoints::Skip skip;
  bool warned = false;                          // whether it has counted as a warning, logged or held back
  std::chrono::steady_clock::time_point since;  // when it began with its present reason and outlook
};

// What to report after an update.
struct SkipNews {
  std::vector<LogLine> lines;
  // The skips that became warnings, each with its service, including those the rate limit suppressed in the
  // log. Used for events.
  std::vector<std::pair<kube::ObjectKey, endpoints::Skip>> warned;
};

// Remembers the skips of each service and which of them were logged. Does no I/O: the caller logs the lines
// and passes the current time. An update takes O(skips before + skips after).
class SkipLog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // A scheduled pod without an address is reported as a warning only after this time.
  static constexpr std::chrono::seconds kStartTime{30};
  // Limit of skip warnings per minute, and of lines about their end. Lines beyond it are counted and
  // summarized in one line at the end of the minute.
  static constexpr std::size_t kLinesAMinute = 100;

  // Returns the lines for a service that has just been planned:
  //   WARNING skipped pod NS/POD for service NS/SVC port PORT: REASON: SENTENCE: new, or for another reason
  //   INFO    restored pod NS/POD for service NS/SVC port PORT: published again
  //   INFO    no longer skipped: pod NS/POD for service NS/SVC port PORT: ...: gone without being published
  //   WARNING endpoints NS/SVC go without annotations of container ports: ...: they would be too large
  //   INFO    endpoints NS/SVC have annotations of container ports again: end of the former
  // Ports of a pod that are skipped for the same reason share a line: "port http (and 404 more)". Skips that
  // were logged before are repeated at V(4).
  //
  // While a pod is starting, i.e. has no address because it is not scheduled, or for less than kStartTime,
  // its skips and their end are logged at V(2).
  SkipNews Update(const kube::ObjectKey& service, PublishedState state, TimePoint now);

  // Returns the warnings for pods that have been starting for longer than kStartTime, and the summary of
  // lines held back by the limit. Call it every few seconds, since no update may come for the services of
  // such pods.
  SkipNews Tick(TimePoint now);

  // Call when the service is deleted or no longer selects pods.
  void Forget(const kube::ObjectKey& service);

  // The number of skips at present, and the number that have begun since the start. A skip is one pod,
  // service and service port.
  std::size_t current(endpoints::SkipReason reason) const { return current_[Index(reason)]; }
  std::uint64_t begun(endpoints::SkipReason reason) const { return begun_[Index(reason)]; }
  // Whether there are skips at present.
  bool any() const;

  // Returns the skips of the service's last sync, grouped by pod. Valid until the next Update() or Forget()
  // of this service.
  std::span<const CurrentSkip> SkipsOf(const kube::ObjectKey& service) const;

  // Returns a summary with the number of pods, and of skips by reason: "no pods skipped", or "12 pods
  // skipped: 9 no_host_port, 3 host_port_conflict".
  std::string Summary() const;

  // The number of services for which state is kept.
  std::size_t services() const { return services_.size(); }

 private:
  struct Place {
    kube::Uid pod_uid;
    std::string service_port;
    friend bool operator==(const Place&, const Place&) = default;
  };
  struct PlaceHash {
    std::size_t operator()(const Place& place) const;
  };
  struct ServiceState {
    std::vector<CurrentSkip> skips;  // in the order of PublishedState::skips
    bool told_too_large = false;
  };
  using ByPlace = std::unordered_map<Place, const CurrentSkip*, PlaceHash>;

  // Ports of one pod that share a line because they are skipped for the same reason.
  struct Group {
    const endpoints::Skip* first = nullptr;
    std::size_t more = 0;
  };
  using Groups = std::vector<Group>;

  static std::size_t Index(endpoints::SkipReason reason) { return static_cast<std::size_t>(reason); }
  static void AddTo(Groups& groups, const endpoints::Skip& skip);
  CurrentSkip Meet(endpoints::Skip skip, const CurrentSkip* known, TimePoint now);
  static bool IsTrouble(const CurrentSkip& known, TimePoint now);
  void TellBegun(const kube::ObjectKey& service, std::vector<CurrentSkip>& skips,
                 const std::vector<bool>& repeated, TimePoint now, SkipNews& news);
  void TellEnded(const kube::ObjectKey& service, const std::vector<CurrentSkip>& before,
                 const PublishedState& state, TimePoint now, SkipNews& news);
  void Warn(const kube::ObjectKey& service, const Groups& groups, TimePoint now, SkipNews& news);
  void TellHeldBack(const std::string& more, SkipNews& news);
  static void TellEndsHeldBack(const std::string& more, SkipNews& news);
  void Count(const std::vector<CurrentSkip>& skips, int by);

  std::unordered_map<kube::ObjectKey, ServiceState, kube::ObjectKeyHash> services_;
  // The services that have starting pods, for Tick().
  std::unordered_set<kube::ObjectKey, kube::ObjectKeyHash> starting_;
  std::array<std::size_t, endpoints::kSkipReasons> current_{};
  std::array<std::uint64_t, endpoints::kSkipReasons> begun_{};

  LineBudget warnings_{kLinesAMinute};
  LineBudget ends_{kLinesAMinute};
  std::array<std::size_t, endpoints::kSkipReasons>
      held_back_{};  // warnings since the last summary, by reason
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_SKIP_LOG_H_
