// Decides what to log about services without endpoints.

#ifndef K8SM_CONTROLLER_REPORT_EMPTY_SERVICES_H_
#define K8SM_CONTROLLER_REPORT_EMPTY_SERVICES_H_

#include "controller/report/log_line.h"
#include "lib/base/failure_log.h"
#include "lib/endpoints/pod_counts.h"
#include "lib/kube/object_meta.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace k8sm::controller {

// Why a selector matches no pod.
struct NoPods {
  std::string sentence;  // "selector app=wbe selects no pod; 3 pods have app=web"
  bool typo = false;     // whether the selector is probably mistyped
  // Whether it may be wrong: a similar selector matches pods, which another service selects, or differs by
  // two edits; or pods have all of its labels but one, and no other value of that one. Otherwise a workload,
  // or a variant of it ("track=canary"), is scaled to zero.
  bool doubtful = false;
};

// Remembers the services without endpoints, i.e. without a ready address. Does no I/O: the caller logs the
// lines and passes the current time.
//
//   WARNING service NS/NAME has no endpoints: WHY     it had some before; or its pods are skipped; or its
//                                                     selector is probably mistyped
//   INFO    service NS/NAME has no endpoints: WHY     its selector is doubtful
//   INFO    service NS/NAME has endpoints again       end of the former two
//
// A service that loses its endpoints again within kQuietTime after a warning, as when its readiness flaps,
// gets another one only if it still has none after kSettleTime.
//
// A service that never had endpoints gets no line, unless a warning for one of its pods was logged
// (OnSkips()), or its selector looks mistyped or doubtful, when it is examined. Services that select no
// pod are examined after kSettleTime and again and again, a few at each Tick(), as the pods may come later.
// For the counts, up to kExaminedAtOnce of them are examined at once, so that after a change of the leader
// they are right soon.
class EmptyServices {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // How long a service may be without endpoints before it is examined; the time between two examinations.
  static constexpr std::chrono::seconds kSettleTime{30};
  static constexpr std::chrono::seconds kQuietTime{60};
  // Between two calls of Tick().
  static constexpr int kExaminedAtOnce = 100;
  // Limit of lines per minute. Those beyond it are counted and summarized in one line.
  static constexpr std::size_t kLinesAMinute = 100;

  // `no_pods` explains why a service selects no pod; it is called for lines that are logged, and when
  // services are examined, a few at a time.
  explicit EmptyServices(std::function<NoPods(const kube::ObjectKey& service)> no_pods);

  // Call for each service that has been planned. `had_endpoints`: whether the stored Endpoints had a ready
  // address before.
  std::vector<LogLine> Update(const kube::ObjectKey& service, const endpoints::PodCounts& counts,
                              bool had_endpoints, TimePoint now);
  // Call when skips of the service's pods were logged as warnings.
  std::vector<LogLine> OnSkips(const kube::ObjectKey& service, TimePoint now);
  // Call every few seconds.
  std::vector<LogLine> Tick(TimePoint now);
  // Call when the service is deleted or no longer selects pods.
  void Forget(const kube::ObjectKey& service);

  // The number of services without endpoints at present.
  std::size_t current(endpoints::EmptyReason reason) const {
    return current_[static_cast<std::size_t>(reason)];
  }
  // Returns "1 service has no endpoints: 1 no_pods", or "" if all have some.
  std::string Summary() const;
  // Whether services are due to be examined by Tick() at that time.
  bool AnyDue(TimePoint now) const;
  // Why the service has no endpoints: the reason, and a sentence. nullopt if it has some.
  struct Explanation {
    endpoints::EmptyReason reason;
    std::string sentence;
  };
  std::optional<Explanation> Explain(const kube::ObjectKey& service) const;
  // Since when the service has had no endpoints, as far as this process knows; nullopt if it has some.
  std::optional<TimePoint> Since(const kube::ObjectKey& service) const;
  // The number of services for which state is kept.
  std::size_t size() const { return services_.size() + told_at_.size(); }

 private:
  struct State {
    endpoints::PodCounts counts;
    TimePoint since;
    std::optional<TimePoint> due;  // of the next examination
    bool lost = false;             // it had endpoints before
    bool told = false;
    bool mistyped = false;  // found by the last examination
    bool told_typo = false;

    endpoints::EmptyReason reason() const { return WhyEmpty(counts, mistyped); }
  };
  struct Due {
    kube::ObjectKey service;
    TimePoint at;
  };

  void Tell(LogLine::Level level, const kube::ObjectKey& service, State& state, const std::string& why,
            TimePoint now, std::vector<LogLine>& lines);
  // Logs a warning and says why.
  void Warn(const kube::ObjectKey& service, State& state, TimePoint now, std::vector<LogLine>& lines);
  void Examine(const kube::ObjectKey& service, State& state, TimePoint now, std::vector<LogLine>& lines);
  // Examines up to `limit` services of the queue that are due.
  void ExamineDue(std::deque<Due>& queue, int limit, TimePoint now, std::vector<LogLine>& lines);
  void ExamineLater(const kube::ObjectKey& service, State& state, TimePoint now);
  void Remove(const kube::ObjectKey& service);
  // Changes the counts of reasons with it.
  void SetMistyped(State& state, bool mistyped);
  std::size_t& CountOf(const State& state) { return current_[static_cast<std::size_t>(state.reason())]; }

  const std::function<NoPods(const kube::ObjectKey& service)> no_pods_;
  std::unordered_map<kube::ObjectKey, State, kube::ObjectKeyHash> services_;
  // The last warnings of the last kQuietTime.
  std::unordered_map<kube::ObjectKey, TimePoint, kube::ObjectKeyHash> told_at_;
  int examined_at_once_ = 0;  // since the last Tick()
  std::deque<Due> suspects_;  // services to examine, by time
  std::deque<Due> lost_;      // those that have lost their endpoints in the quiet time, by time
  std::array<std::size_t, endpoints::kEmptyReasons> current_{};
  LineBudget budget_{kLinesAMinute};
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_EMPTY_SERVICES_H_
