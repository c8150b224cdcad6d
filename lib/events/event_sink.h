// The interface through which events are recorded.

#ifndef K8SM_LIB_EVENTS_EVENT_SINK_H_
#define K8SM_LIB_EVENTS_EVENT_SINK_H_

#include "lib/kube/event.h"

#include <functional>

namespace k8sm::events {

// Records an event: a Recorder, or a function that ignores it. Never blocks.
using EventSink = std::function<void(kube::Event)>;

}  // namespace k8sm::events

#endif  // K8SM_LIB_EVENTS_EVENT_SINK_H_
