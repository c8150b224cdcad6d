// The labels that k8sm gives a Node for its agent.

#ifndef K8SM_LIB_MESOS_NODE_LABELS_H_
#define K8SM_LIB_MESOS_NODE_LABELS_H_

#include "lib/kube/label_map.h"

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::mesos {

// A scalar attribute as k8sm writes it in a label: Go's %G. Nothing where that is no label's value.
std::optional<std::string> ScalarLabel(double value);

// Whether the text is a legal value of a label: at most 63 letters, digits, "-", "_" and ".", with a letter
// or digit at both ends, or empty.
bool IsLabelValue(std::string_view text);

// Whether an attribute of this name can be a label, k8s.mesosphere.io/attribute-NAME.
bool IsAttributeLabel(std::string_view name);

// Adds the label for an attribute whose name and value are legal.
void AddAttribute(std::string_view name, std::string_view value, kube::LabelMap& labels);

inline constexpr std::string_view kHostnameLabel = "kubernetes.io/hostname";

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_NODE_LABELS_H_
