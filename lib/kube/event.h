// An Event, as shown by "kubectl describe".

#ifndef K8SM_LIB_KUBE_EVENT_H_
#define K8SM_LIB_KUBE_EVENT_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"
#include "lib/kube/uid.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm::kube {

// The object that an event refers to. Unknown fields stay empty.
struct InvolvedObject {
  std::string_view api_version;  // "v1"; must be a literal
  std::string_view kind;         // "Pod"; must be a literal
  Symbol ns;                     // empty for cluster-scoped objects
  Symbol name;
  Uid uid;
  std::string resource_version;
};

enum class EventType : std::uint8_t { kNormal, kWarning };

// "Normal", "Warning"
std::string_view ToString(EventType type);

// A core/v1 Event. The reporter sets the first group of fields, lib/events the second.
struct Event {
  InvolvedObject involved;
  EventType type = EventType::kNormal;
  std::string_view reason;     // CamelCase word for programs: "HostPortMissing"; must be a literal
  std::string message;         // one line for people
  std::string_view component;  // the reporting component; must be a literal
  // Set by lib/events.
  std::string name;
  Timestamp first;
  Timestamp last;
  std::int32_t count = 1;

  // Returns the namespace in which the event is stored: that of the object, or "default" for a cluster-scoped
  // object, as client-go does and the API server's validation requires.
  std::string_view ns() const;
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_EVENT_H_
