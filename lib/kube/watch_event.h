// Events of a watch and metadata of a list, in whichever encoding they arrived.

#ifndef K8SM_LIB_KUBE_WATCH_EVENT_H_
#define K8SM_LIB_KUBE_WATCH_EVENT_H_

#include "lib/base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube {

enum class WatchEventType : std::uint8_t { kAdded, kModified, kDeleted, kBookmark, kError };

// Returns the type of that name ("ADDED"); nullopt if there is none.
std::optional<WatchEventType> WatchEventTypeOf(std::string_view name);

// Annotation of the bookmark that ends the initial objects of a streaming list; its value is "true".
inline constexpr std::string_view kInitialEventsEnd = "k8s.io/initial-events-end";

// An event of a watch.
template <class T>
struct WatchEvent {
  WatchEventType type = WatchEventType::kError;
  // Set for kAdded and kModified. For kDeleted, contains as much of the metadata as could be decoded, at
  // least the name.
  std::optional<T> object;
  // Version of the object or bookmark, from which a watch can be resumed.
  std::string resource_version;
  // kBookmark: the initial objects of a streaming list have all been sent (kInitialEventsEnd).
  bool initial_events_end = false;
  // kError: why the server ended the watch, classified by ToError(Status).
  Error error;
};

// The metadata of a list.
struct ListMeta {
  std::string resource_version;
  // Token of the next page; empty if this is the last one.
  std::string continue_token;
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_WATCH_EVENT_H_
