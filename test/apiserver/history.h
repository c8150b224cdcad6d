// The most recent events of one resource.

#ifndef K8SM_TEST_APISERVER_HISTORY_H_
#define K8SM_TEST_APISERVER_HISTORY_H_

#include "test/apiserver/object.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

namespace k8sm::apiserver {

enum class EventType { kAdded, kModified, kDeleted };

// Returns "ADDED", "MODIFIED" or "DELETED".
std::string_view ToString(EventType type);

struct Event {
  EventType type = EventType::kAdded;
  // The state after the event; for a deletion the last state, at the resourceVersion of the deletion.
  ObjectPtr object;
  // The state before the event; nullptr for kAdded.
  ObjectPtr previous;

  std::uint64_t revision() const { return object->resource_version; }
};

// A bounded queue of events. A reader keeps a position, which grows by one per event; it has to start over if
// its position is older than begin().
class History {
 public:
  // `size` is the maximum number of events, `revision` that of the last write before the history begins.
  History(std::size_t size, std::uint64_t revision) : size_(size), oldest_revision_(revision) {}

  void Add(Event event);

  // Whether all events after `revision` are available.
  bool Covers(std::uint64_t revision) const { return revision >= oldest_revision_; }
  std::uint64_t oldest_revision() const { return oldest_revision_; }

  // The position of the first event after `revision`; end() if there is none.
  std::uint64_t PositionAfter(std::uint64_t revision) const;
  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return begin_ + events_.size(); }
  // REQUIRES: begin() <= position < end().
  const Event& At(std::uint64_t position) const { return events_[position - begin_]; }

  // Discards what is before `revision` for new readers; positions of existing readers stay valid.
  void Compact(std::uint64_t revision) { oldest_revision_ = revision; }

 private:
  std::size_t size_;
  std::deque<Event> events_;
  std::uint64_t begin_ = 0;
  std::uint64_t oldest_revision_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_HISTORY_H_
