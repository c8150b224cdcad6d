// Health checks in the format of Kubernetes components (k8s.io/apiserver/pkg/server/healthz).

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

// /livez: the program must be restarted if it fails. /readyz: the program can do its work. /healthz: the
// deprecated name of /livez.
enum class HealthEndpoint { kHealthz, kLivez, kReadyz };

// Returns "healthz", "livez" or "readyz".
std::string_view ToString(HealthEndpoint endpoint);

// A named check of one endpoint.
struct HealthCheck {
  std::string name;
  // Returns why the check fails; nullopt if it passes. Called at every probe, so it must not block.
  std::function<std::optional<std::string>()> failure;
  // Whether the response includes the reason. Must be false for reasons that name objects of the cluster,
  // because the endpoints need no authentication. The reason is logged in any case.
  bool shows_reason = false;
};

// The query parameters of a probe.
struct HealthQuery {
  // List the checks even if all pass.
  bool verbose = false;
  // Names of checks to skip.
  std::set<std::string> exclude;
};

// A change to be logged: a check has begun to fail, or passes again.
struct HealthChange {
  bool well = true;
  std::string text;
};

// The response to a probe.
struct HealthAnswer {
  bool well = true;
  // Plain text. Includes the reason of a failed check only if the check shows it.
  std::string body;
  std::vector<HealthChange> changes;
};

// The results of a check so far.
struct HealthRecord {
  HealthEndpoint endpoint = HealthEndpoint::kHealthz;
  std::string name;
  bool well = true;  // the result of the last run
  std::uint64_t successes = 0;
  std::uint64_t errors = 0;
};

// The checks of each endpoint. Every endpoint has the check "ping", which never fails. Remembers the last
// result of each check, so that only changes are logged and not every probe.
class HealthChecks {
 public:
  HealthChecks();

  // Appends a check. REQUIRES: the endpoint has no check of this name.
  void Add(HealthEndpoint endpoint, HealthCheck check);

  // Runs the endpoint's checks except the excluded ones. The body is "ok", or has one line per check if the
  // query is verbose or a check fails.
  HealthAnswer Answer(HealthEndpoint endpoint, const HealthQuery& query);

  // Runs one check; nullopt if the endpoint has no check of this name.
  std::optional<HealthAnswer> AnswerOne(HealthEndpoint endpoint, std::string_view name);

  // Returns the records of all checks, for the metrics that Kubernetes components have
  // (k8s.io/component-base/metrics/prometheus/slis).
  std::vector<HealthRecord> Records() const;

 private:
  struct Entry {
    HealthCheck check;
    bool well = true;  // the result of the last run
    std::uint64_t successes = 0;
    std::uint64_t errors = 0;
  };

  // Runs the check and records the result. Returns the reason to show; nullopt if the check passes.
  static std::optional<std::string> Ask(HealthEndpoint endpoint, Entry& entry,
                                        std::vector<HealthChange>& changes);
  std::vector<Entry>& EntriesOf(HealthEndpoint endpoint);

  std::array<std::vector<Entry>, 3> entries_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_HEALTH_CHECKS_H_
