// The events of one resource, the newest of them.

#ifndef K8SM_TEST_APISERVER_HISTORY_H_
#define K8SM_TEST_APISERVER_HISTORY_H_

#include "test/apiserver/object.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

namespace k8sm::apiserver {

enum class EventType { kAdded, kModified, kDeleted };

// "ADDED", ...
std::string_view ToString(EventType type);

struct Event {
  EventType type = EventType::kAdded;
  // The state after the event; of a deletion the last one, at the deletion's resourceVersion.
  ObjectPtr object;
  // The state before; nullptr where it was added.
  ObjectPtr previous;

  std::uint64_t revision() const { return object->resource_version; }
};

// A bounded queue. Readers keep a position, a number that grows by one an event; one who falls behind the
// oldest event has lost its place.
class History {
 public:
  // `revision`: of the newest write before the history begins.
  History(std::size_t size, std::uint64_t revision) : size_(size), oldest_revision_(revision) {}

  void Add(Event event);

  // Whether everything after `revision` is remembered.
  bool Covers(std::uint64_t revision) const { return revision >= oldest_revision_; }
  std::uint64_t oldest_revision() const { return oldest_revision_; }

  // Of the first event after `revision`; end() where there is none.
  std::uint64_t PositionAfter(std::uint64_t revision) const;
  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return begin_ + events_.size(); }
  // REQUIRES: begin() <= position < end().
  const Event& At(std::uint64_t position) const { return events_[position - begin_]; }

  // From now on nothing before `revision` counts as remembered; readers keep their places.
  void Compact(std::uint64_t revision) { oldest_revision_ = revision; }

 private:
  std::size_t size_;
  std::deque<Event> events_;
  std::uint64_t begin_ = 0;
  std::uint64_t oldest_revision_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_HISTORY_H_
