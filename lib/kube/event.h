// An Event: what "kubectl describe" tells below an object.

#ifndef K8SM_LIB_KUBE_EVENT_H_
#define K8SM_LIB_KUBE_EVENT_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm::kube {

// The object that an event is about. Whatever is not known of it stays empty.
struct InvolvedObject {
  std::string_view api_version;  // "v1"; a literal
  std::string_view kind;         // "Pod"; a literal
  Symbol ns;                     // empty outside namespaces
  Symbol name;
  Symbol uid;
  std::string resource_version;
};

enum class EventType : std::uint8_t { kNormal, kWarning };

// "Normal", "Warning"
std::string_view ToString(EventType type);

// A core/v1 Event. Whoever tells of something fills in what stands above the line, lib/events the rest.
struct Event {
  InvolvedObject involved;
  EventType type = EventType::kNormal;
  std::string_view reason;     // one word for programs: "HostPortMissing"; a literal
  std::string message;         // one line for people
  std::string_view component;  // who tells it; a literal
  // -------------------------
  std::string name;
  Timestamp first;
  Timestamp last;
  std::int32_t count = 1;

  // The namespace that it is stored in: the object's, or "default" for an object outside namespaces, as
  // client-go's recorder has it and the API server's validation wants it.
  std::string_view ns() const;
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_EVENT_H_
