#include "lib/ports/port_set.h"

#include <algorithm>
#include <utility>

namespace k8sm::ports {
namespace {

std::uint32_t SizeOf(const Range& range) {
  return std::uint32_t{range.end} - range.begin + 1;
}

// Whether one of the ranges contains all of `wanted`.
bool ContainsRange(std::span<const Range> ranges, const Range& wanted) {
  const auto behind = std::upper_bound(ranges.begin(), ranges.end(), wanted.begin,
                                       [](Port value, const Range& range) { return value < range.begin; });
  return behind != ranges.begin() && std::prev(behind)->end >= wanted.end;
}

}  // namespace

// Collects ranges in ascending order.
class PortSet::Builder {
 public:
  explicit Builder(std::size_t expected) { ranges_.reserve(expected); }

  // REQUIRES: the range begins after the last one; it may be adjacent to it.
  void Append(std::uint32_t begin, std::uint32_t end) {
    size_ += end - begin + 1;
    if (begin == last() + 1 && !ranges_.empty()) {
      ranges_.back().end = static_cast<Port>(end);
    } else {
      ranges_.push_back({static_cast<Port>(begin), static_cast<Port>(end)});
    }
  }

  // The last port, or 0.
  std::uint32_t last() const { return ranges_.empty() ? 0 : ranges_.back().end; }

  // Returns the set, which takes no more memory than its ranges need.
  PortSet Done() const {
    PortSet set;
    if (ranges_.empty()) return set;
    const auto shared = std::make_shared<Range[]>(ranges_.size());
    std::copy(ranges_.begin(), ranges_.end(), shared.get());
    set.ranges_ = shared;
    set.count_ = static_cast<std::uint32_t>(ranges_.size());
    set.size_ = size_;
    return set;
  }

 private:
  std::vector<Range> ranges_;
  std::uint32_t size_ = 0;
};

PortSet PortSet::Of(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
  Builder set(ranges.size());
  for (const Range& range : ranges) {
    const std::uint32_t begin = std::max<std::uint32_t>(range.begin, set.last() + 1);
    if (begin <= range.end) set.Append(begin, range.end);
  }
  return set.Done();
}

PortSet PortSet::OfPorts(std::vector<Port> ports) {
  std::sort(ports.begin(), ports.end());
  Builder set(ports.size());
  for (const Port port : ports) {
    if (port > set.last()) set.Append(port, port);
  }
  return set.Done();
}

bool operator==(const PortSet& a, const PortSet& b) {
  return a.size_ == b.size_ && (a.ranges_ == b.ranges_ || std::ranges::equal(a.ranges(), b.ranges()));
}

bool PortSet::Contains(Port port) const {
  return ContainsRange(ranges(), {port, port});
}

bool PortSet::Contains(const PortSet& other) const {
  if (other.size_ > size_) return false;
  if (other.ranges_ == ranges_) return true;
  return std::ranges::all_of(other.ranges(),
                             [&](const Range& wanted) { return ContainsRange(ranges(), wanted); });
}

bool PortSet::Intersects(const PortSet& other) const {
  auto a = ranges().begin();
  auto b = other.ranges().begin();
  while (a != ranges().end() && b != other.ranges().end()) {
    if (a->end < b->begin) {
      ++a;
    } else if (b->end < a->begin) {
      ++b;
    } else {
      return true;
    }
  }
  return false;
}

std::vector<Port> PortSet::Highest(std::size_t n) const {
  std::vector<Port> ports;
  const auto all = ranges();
  for (auto range = all.rbegin(); range != all.rend(); ++range) {
    for (std::uint32_t port = range->end; port >= range->begin && ports.size() < n; --port) {
      ports.push_back(static_cast<Port>(port));
    }
  }
  std::reverse(ports.begin(), ports.end());
  return ports;
}

std::vector<Port> PortSet::Lowest(std::size_t n) const {
  std::vector<Port> ports;
  for (const Range& range : ranges()) {
    for (std::uint32_t port = range.begin; port <= range.end && ports.size() < n; ++port) {
      ports.push_back(static_cast<Port>(port));
    }
  }
  return ports;
}

PortSet operator|(const PortSet& a, const PortSet& b) {
  if (b.empty() || a.Contains(b)) return a;
  if (a.empty()) return b;
  const auto in_a = a.ranges();
  const auto in_b = b.ranges();
  PortSet::Builder set(in_a.size() + in_b.size());
  auto i = in_a.begin();
  auto j = in_b.begin();
  while (i != in_a.end() || j != in_b.end()) {
    const bool first = j == in_b.end() || (i != in_a.end() && i->begin <= j->begin);
    const Range range = first ? *i++ : *j++;
    const std::uint32_t begin = std::max<std::uint32_t>(range.begin, set.last() + 1);
    if (begin <= range.end) set.Append(begin, range.end);
  }
  return set.Done();
}

PortSet operator&(const PortSet& a, const PortSet& b) {
  const auto in_a = a.ranges();
  const auto in_b = b.ranges();
  PortSet::Builder set(std::max(in_a.size(), in_b.size()));
  auto i = in_a.begin();
  auto j = in_b.begin();
  while (i != in_a.end() && j != in_b.end()) {
    const Port begin = std::max(i->begin, j->begin);
    const Port end = std::min(i->end, j->end);
    if (begin <= end) set.Append(begin, end);
    i->end < j->end ? ++i : ++j;
  }
  return set.Done();
}

PortSet operator-(const PortSet& a, const PortSet& b) {
  if (!a.Intersects(b)) return a;
  const auto in_b = b.ranges();
  PortSet::Builder set(a.ranges().size() + in_b.size());
  auto j = in_b.begin();
  for (const Range& range : a.ranges()) {
    std::uint32_t begin = range.begin;
    while (j != in_b.end() && j->end < begin) ++j;
    for (auto k = j; k != in_b.end() && k->begin <= range.end; ++k) {
      if (k->begin > begin) set.Append(begin, k->begin - 1U);
      begin = k->end + 1U;
      j = k;
    }
    if (begin <= range.end) set.Append(begin, range.end);
  }
  return set.Done();
}

std::string ToString(const PortSet& set, std::size_t max_ranges) {
  std::string text;
  std::size_t count = 0;
  for (const Range& range : set.ranges()) {
    if (!text.empty()) text += ',';
    if (count++ == max_ranges) return text + "...";
    text += std::to_string(range.begin);
    if (SizeOf(range) > 1) text.append("-").append(std::to_string(range.end));
  }
  return text;
}

std::string ToString(const PortSet& set) {
  return ToString(set, set.ranges().size());
}

}  // namespace k8sm::ports
