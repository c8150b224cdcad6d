#include "controller/program/port_flags.h"

#include "lib/base/duration.h"
#include "lib/base/printable.h"
#include "lib/base/split_list.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

DEFINE_string(mesos_master, "",
              "The Mesos masters, as host:port or http(s) URLs with commas between: watch which host ports "
              "agents offer, and report pods that can never be scheduled or wait for a port, in the log, "
              "events, metrics and /debug/ports. Endpoints do not depend on it. Empty: off.");
DEFINE_string(
    mesos_credentials_file, "",
    "The principal and the secret for the masters, on two lines or as JSON {\"principal\":..., "
    "\"secret\":...}; read again for each poll. Sent over https only, to the masters of -mesos_master and "
    "the leader that they name over https.");
DEFINE_string(mesos_ca_file, "",
              "A PEM file with the authorities that masters' certificates are verified with; empty: the "
              "system's.");
DEFINE_bool(mesos_insecure_credentials, false,
            "Send the credentials over http, too, and to a leader that was named over http.");
DEFINE_string(
    mesos_poll_period, "30s",
    "Time from one poll of the agents to the next, 5s or more; longer if polls would take over 5 % of "
    "the time, and four times as long in a standby.");
DEFINE_string(mesos_framework_roles, "*", "The scheduler's flag of this name: set it to the same value.");
DEFINE_string(
    mesos_default_pod_roles, "*",
    "The scheduler's flag of this name: set it to the same value. A part of mesos_framework_roles.");
DEFINE_int32(port_low_percent, 10,
             "An agent with no more than this share of its host ports free is reported as short of them.");
DEFINE_int32(port_reserve, 1,
             "For how many more pods each workload should have room, else it is counted in "
             "k8sm_ports_demands_no_spare.");

namespace k8sm::controller {
namespace {

constexpr std::chrono::seconds kShortestPeriod{5};

Error Invalid(std::string_view flag, const std::string& why) {
  return {.code = Errc::kInvalidConfig, .message = "-" + std::string(flag) + ": " + why};
}

Result<std::vector<mesos::MasterUrl>> MastersFromFlag() {
  auto masters = mesos::ParseMasters(FLAGS_mesos_master);
  if (!masters) return Invalid("mesos_master", masters.error().message);
  return masters;
}

Result<ports::SchedulerRules> RulesFromFlags(bool wildcard) {
  ports::SchedulerRules rules{.wildcard = wildcard,
                              .framework_roles = SplitList(FLAGS_mesos_framework_roles),
                              .default_roles = SplitList(FLAGS_mesos_default_pod_roles)};
  if (rules.framework_roles.empty()) return Invalid("mesos_framework_roles", "names no role");
  if (rules.default_roles.empty()) return Invalid("mesos_default_pod_roles", "names no role");
  for (const std::string& role : rules.default_roles) {
    if (std::ranges::find(rules.framework_roles, role) == rules.framework_roles.end())
      return Invalid("mesos_default_pod_roles", Quoted(role) + " is not one of -mesos_framework_roles");
  }
  return rules;
}

}  // namespace

Result<std::optional<PortSpaceOptions>> PortSpaceFromFlags(bool wildcard) {
  auto rules = RulesFromFlags(wildcard);
  if (!rules) return rules.error();
  const auto period = ParseDuration(FLAGS_mesos_poll_period);
  if (!period) return Invalid("mesos_poll_period", period.error().message);
  if (*period < kShortestPeriod) return Invalid("mesos_poll_period", "has to be 5s or more");
  if (FLAGS_port_low_percent < 0 || FLAGS_port_low_percent > 100)
    return Invalid("port_low_percent", "has to be from 0 to 100");
  if (FLAGS_port_reserve < 0) return Invalid("port_reserve", "has to be 0 or more");
  if (FLAGS_mesos_master.empty()) {
    if (FLAGS_mesos_credentials_file.empty() && FLAGS_mesos_ca_file.empty()) return std::nullopt;
    return Invalid(FLAGS_mesos_ca_file.empty() ? "mesos_credentials_file" : "mesos_ca_file",
                   "needs -mesos_master too");
  }
  auto masters = MastersFromFlag();
  if (!masters) return masters.error();

  PortSpaceOptions options;
  options.mesos.masters = *std::move(masters);
  options.mesos.credentials_file = FLAGS_mesos_credentials_file;
  options.mesos.ca_file = FLAGS_mesos_ca_file;
  options.mesos.insecure_credentials = FLAGS_mesos_insecure_credentials;
  options.poll_period = *period;
  options.rules = *std::move(rules);
  options.evaluation.low_percent = static_cast<std::uint32_t>(FLAGS_port_low_percent);
  options.evaluation.reserve = static_cast<std::uint32_t>(FLAGS_port_reserve);
  return options;
}

}  // namespace k8sm::controller
