// Where events are handed in.

#ifndef K8SM_LIB_EVENTS_EVENT_SINK_H_
#define K8SM_LIB_EVENTS_EVENT_SINK_H_

#include "lib/kube/event.h"

#include <functional>

namespace k8sm::events {

// For those who have something to tell: a Recorder, or nobody. Never waits.
using EventSink = std::function<void(kube::Event)>;

}  // namespace k8sm::events

#endif  // K8SM_LIB_EVENTS_EVENT_SINK_H_
