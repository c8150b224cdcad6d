#include "lib/manifest/workload.h"

#include <algorithm>

namespace k8sm::manifest {
namespace {

bool Holds(const Requirement& requirement, const kube::LabelMap& labels) {
  const kube::Symbol* value = labels.Find(requirement.key);
  const auto listed = [&] {
    return std::find(requirement.values.begin(), requirement.values.end(), *value) !=
           requirement.values.end();
  };
  switch (requirement.op) {
    case Requirement::Operator::kIn:
      return value != nullptr && listed();
    case Requirement::Operator::kNotIn:
      return value == nullptr || !listed();
    case Requirement::Operator::kExists:
      return value != nullptr;
    case Requirement::Operator::kDoesNotExist:
      return value == nullptr;
  }
  return false;
}

}  // namespace

bool Selects(const Selector& selector, const kube::LabelMap& labels) {
  if (selector.labels.empty() && selector.requirements.empty()) return false;
  if (!selector.labels.empty() && !kube::Matches(selector.labels, labels)) return false;
  return std::all_of(selector.requirements.begin(), selector.requirements.end(),
                     [&](const Requirement& requirement) { return Holds(requirement, labels); });
}

}  // namespace k8sm::manifest
