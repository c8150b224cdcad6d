#include "controller/ports_program/options.h"

#include "controller/ports_program/flag_values.h"
#include "lib/base/printable.h"

#include <algorithm>

namespace k8sm::ports_program {
namespace {

constexpr std::size_t kMaxShown = 100;

}  // namespace

void UseRulesOf(const ports::SchedulerRules& controller, Options& options) {
  if (!options.rules_given.framework_roles) options.rules.framework_roles = controller.framework_roles;
  if (!options.rules_given.default_roles) options.rules.default_roles = controller.default_roles;
  if (!options.rules_given.wildcard) options.rules.wildcard = controller.wildcard;
}

Result<void> CheckRoles(const ports::SchedulerRules& rules) {
  if (rules.framework_roles.empty()) return Invalid("-mesos_framework_roles: names no role");
  if (rules.default_roles.empty()) return Invalid("-mesos_default_pod_roles: names no role");
  for (const std::string& role : rules.default_roles) {
    if (std::ranges::find(rules.framework_roles, role) == rules.framework_roles.end())
      return Invalid("-mesos_default_pod_roles: \"" + Printable(role, kMaxShown) +
                     "\" is not one of -mesos_framework_roles");
  }
  return {};
}

}  // namespace k8sm::ports_program
