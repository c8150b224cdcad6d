#include "test/apiserver/history.h"

#include <algorithm>

namespace k8sm::apiserver {

std::string_view ToString(EventType type) {
  switch (type) {
    case EventType::kAdded:
      return "ADDED";
    case EventType::kModified:
      return "MODIFIED";
    case EventType::kDeleted:
      return "DELETED";
  }
  return "";
}

void History::Add(Event event) {
  events_.push_back(std::move(event));
  if (events_.size() <= size_) return;
  oldest_revision_ = std::max(oldest_revision_, events_.front().revision());
  events_.pop_front();
  ++begin_;
}

std::uint64_t History::PositionAfter(std::uint64_t revision) const {
  const auto after =
      std::upper_bound(events_.begin(), events_.end(), revision,
                       [](std::uint64_t r, const Event& event) { return r < event.revision(); });
  return begin_ + std::uint64_t(after - events_.begin());
}

}  // namespace k8sm::apiserver
