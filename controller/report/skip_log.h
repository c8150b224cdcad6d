// Decides what the log says of pods that are not published: each skip once, and once more when it is over.

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

// What a sync found out about a service.
struct PublishedState {
  // Ordered by pod name, then as the service orders its ports: as endpoints::SkipsOf gives them.
  std::vector<endpoints::Skip> skips;
  // Whether Endpoints list the pod with this uid for this port (Skip::service_port), by plan and whether or
  // not there is room for it.
  std::function<bool(const kube::Symbol& pod_uid, std::string_view service_port)> is_published;
  bool has_addresses = false;
  bool container_ports_too_large = false;  // EndpointsPlan::container_ports_too_large
};

// A skip that the last sync of its service found.
struct CurrentSkip {
  endpoints::Skip skip;
  bool warned = false;                          // counted among the warnings, with a line or without
  std::chrono::steady_clock::time_point since;  // that it has this reason and outlook
};

struct SkipNews {
  std::vector<LogLine> lines;
  // The skips that have become worth a warning, with the service that each is of, whether or not the budget
  // left a line for it: for events.
  std::vector<std::pair<kube::ObjectKey, endpoints::Skip>> warned;
};

// Remembers the skips of each service and what was said of them. Pure: the caller writes the lines, and
// passes the time in. An update costs O(skips before and after).
class SkipLog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // How long a pod that has a node may be without an address before that is worth a warning.
  static constexpr std::chrono::seconds kStartTime{30};
  // So many warnings about skips a minute, and as many lines that they are over. The rest is counted, and
  // summed up in one line when the minute is over.
  static constexpr std::size_t kLinesAMinute = 100;

  // The lines for a service that has just been planned:
  //   WARNING skipped pod NS/POD for service NS/SVC port PORT: REASON: SENTENCE   new, or for another reason
  //   INFO    restored pod NS/POD for service NS/SVC port PORT                    it is published now
  //   WARNING service NS/SVC has no endpoints: ...                                skips took the last of them
  //   INFO    service NS/SVC has endpoints again                                  that is over
  //   WARNING endpoints NS/SVC go without annotations of container ports: ...     they would be too large
  //   INFO    endpoints NS/SVC have annotations of container ports again          that is over
  // Ports of a pod that share a reason share a line: "port http (and 404 more)". At V(4) the skips that were
  // told before. A pod that is gone, or that counts no more (it has ended or leaves), is forgotten without a
  // line.
  //
  // A pod that only starts is no trouble yet: while it has no address because it is not scheduled, or for
  // less than kStartTime, its skips and their end are told at V(2).
  SkipNews Update(const kube::ObjectKey& service, PublishedState state, TimePoint now);

  // The warnings of pods whose start has taken kStartTime by now, and what the budget held back. To be called
  // every few seconds: nothing needs to happen to such a pod's service.
  SkipNews Tick(TimePoint now);

  // The service is gone, or selects no pods any more.
  void Forget(const kube::ObjectKey& service);

  // How many skips there are, each of a pod, a service and its port, and how many there have been.
  std::size_t current(endpoints::SkipReason reason) const { return current_[Index(reason)]; }
  std::uint64_t begun(endpoints::SkipReason reason) const { return begun_[Index(reason)]; }

  // What the service's last sync skipped, pod by pod; valid until its next one.
  std::span<const CurrentSkip> SkipsOf(const kube::ObjectKey& service) const;

  // "no pods skipped", "12 pods skipped: 9 no_host_port, 3 host_port_conflict", how many times each.
  std::string Summary() const;

  // How many services have skips, or something else that was told and is not over.
  std::size_t services() const { return services_.size(); }

 private:
  struct Place {
    kube::Symbol pod_uid;
    std::string service_port;
    friend bool operator==(const Place&, const Place&) = default;
  };
  struct PlaceHash {
    std::size_t operator()(const Place& place) const;
  };
  struct ServiceState {
    std::vector<CurrentSkip> skips;  // in the order of PublishedState::skips
    bool has_addresses = false;
    bool told_empty = false;
    bool told_too_large = false;
  };
  using ByPlace = std::unordered_map<Place, const CurrentSkip*, PlaceHash>;

  // Ports of one pod that have the same to say.
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
  void TellRestored(const kube::ObjectKey& service, const std::vector<CurrentSkip>& before,
                    const PublishedState& state, TimePoint now, SkipNews& news);
  void Warn(const kube::ObjectKey& service, const Groups& groups, TimePoint now, SkipNews& news);
  void TellHeldBack(const std::string& more, SkipNews& news);
  void TellEmpty(ServiceState& state, const kube::ObjectKey& service, TimePoint now, SkipNews& news);
  void Count(const std::vector<CurrentSkip>& skips, int by);

  std::unordered_map<kube::ObjectKey, ServiceState, kube::ObjectKeyHash> services_;
  // Those with pods that start.
  std::unordered_set<kube::ObjectKey, kube::ObjectKeyHash> starting_;
  std::array<std::size_t, endpoints::kSkipReasons> current_{};
  std::array<std::uint64_t, endpoints::kSkipReasons> begun_{};

  LineBudget warnings_{kLinesAMinute};
  LineBudget restorations_{kLinesAMinute};
  LineBudget empty_services_{kLinesAMinute};
  std::array<std::size_t, endpoints::kSkipReasons> held_back_{};  // warnings since the last sum, by reason
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_SKIP_LOG_H_
