// Whether the program is well, told the way Kubernetes components tell it
// (k8s.io/apiserver/pkg/server/healthz).

#ifndef K8SM_CONTROLLER_OPS_HEALTH_CHECKS_H_
#define K8SM_CONTROLLER_OPS_HEALTH_CHECKS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::controller {

// /livez: restart the program if it fails. /readyz: it does its work. /healthz: the older name of /livez.
enum class HealthEndpoint { kHealthz, kLivez, kReadyz };

// "healthz", "livez", "readyz"
std::string_view ToString(HealthEndpoint endpoint);

struct HealthCheck {
  std::string name;
  // Why it fails; nothing: it is well. Called at every probe: it answers at once.
  std::function<std::optional<std::string>()> failure;
  // Whether the answer says why: for reasons that name nothing of the cluster's objects, since anybody may
  // ask. The log says it in any case.
  bool shows_reason = false;
};

// What a probe asks for.
struct HealthQuery {
  // List the checks even where all is well.
  bool verbose = false;
  // Names of checks to leave out.
  std::set<std::string> exclude;
};

// What there is to say in the log: a check that was well fails, or one that failed is well again.
struct HealthChange {
  bool well = true;
  std::string text;
};

struct HealthAnswer {
  bool well = true;
  // Plain text. Why a check fails is in it only where the check shows that.
  std::string body;
  std::vector<HealthChange> changes;
};

// How often a check was asked, and what came of it.
struct HealthRecord {
  HealthEndpoint endpoint = HealthEndpoint::kHealthz;
  std::string name;
  bool well = true;  // when it was last asked
  std::uint64_t successes = 0;
  std::uint64_t errors = 0;
};

// The checks of each endpoint; each has "ping", which never fails. Remembers which checks failed when they
// were last asked, so that the log hears of a change once and not at every probe.
class HealthChecks {
 public:
  HealthChecks();

  // Adds a check after those that are there. REQUIRES: the endpoint has none of this name.
  void Add(HealthEndpoint endpoint, HealthCheck check);

  // Runs the endpoint's checks but the excluded ones. The body is "ok", or one line a check where the query
  // is verbose or a check fails.
  HealthAnswer Answer(HealthEndpoint endpoint, const HealthQuery& query);

  // Runs one check; nothing where the endpoint has none of this name.
  std::optional<HealthAnswer> AnswerOne(HealthEndpoint endpoint, std::string_view name);

  // Of all checks, as Kubernetes' components count them (k8s.io/component-base/metrics/prometheus/slis).
  std::vector<HealthRecord> Records() const;

 private:
  struct Entry {
    HealthCheck check;
    bool well = true;  // when it was last asked
    std::uint64_t successes = 0;
    std::uint64_t errors = 0;
  };

  // What to show of why it fails; nothing: the check is well.
  static std::optional<std::string> Ask(HealthEndpoint endpoint, Entry& entry,
                                        std::vector<HealthChange>& changes);
  std::vector<Entry>& EntriesOf(HealthEndpoint endpoint);

  std::array<std::vector<Entry>, 3> entries_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_HEALTH_CHECKS_H_
