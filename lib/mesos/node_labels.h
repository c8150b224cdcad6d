// The labels that k8sm sets on a Node for its agent.

#ifndef K8SM_LIB_MESOS_NODE_LABELS_H_
#define K8SM_LIB_MESOS_NODE_LABELS_H_

#include "lib/kube/label_map.h"

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::mesos {

// Formats a scalar attribute as k8sm does (Go's %G). nullopt if the result is not a valid label value.
std::optional<std::string> ScalarLabel(double value);

// Whether the text is a valid label value: empty, or up to 63 letters, digits, "-", "_" and "." that begin
// and end with a letter or digit.
bool IsLabelValue(std::string_view text);

// Whether an attribute of this name can be a label, k8s.mesosphere.io/attribute-NAME.
bool IsAttributeLabel(std::string_view name);

// Adds the label for an attribute, unless its name or value is invalid.
void AddAttribute(std::string_view name, std::string_view value, kube::LabelMap& labels);

inline constexpr std::string_view kHostnameLabel = "kubernetes.io/hostname";

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_NODE_LABELS_H_
