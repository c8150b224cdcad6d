#include "lib/kube/event.h"

namespace k8sm::kube {

std::string_view ToString(EventType type) {
  return type == EventType::kWarning ? "Warning" : "Normal";
}

std::string_view Event::ns() const {
  const std::string_view ns = involved.ns.get();
  return ns.empty() ? std::string_view("default") : std::string_view(ns);
}

}  // namespace k8sm::kube
