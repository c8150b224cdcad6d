#include "lib/ports/port_set.h"

#include <algorithm>
#include <utility>

namespace k8sm::ports {
namespace {

std::uint32_t SizeOf(const Range& range) {
  return std::uint32_t{range.end} - range.begin + 1;
}

}  // namespace

void PortSet::Append(std::uint32_t begin, std::uint32_t end) {
  size_ += end - begin + 1;
  if (!ranges_.empty() && std::uint32_t{ranges_.back().end} + 1 == begin) {
    ranges_.back().end = static_cast<Port>(end);
  } else {
    ranges_.push_back({static_cast<Port>(begin), static_cast<Port>(end)});
  }
}

PortSet PortSet::Of(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
  PortSet set;
  for (const Range& range : ranges) {
    const std::uint32_t last = set.ranges_.empty() ? 0 : set.ranges_.back().end;
    const std::uint32_t begin = std::max<std::uint32_t>(range.begin, last + 1);
    if (begin <= range.end) set.Append(begin, range.end);
  }
  return set;
}

PortSet PortSet::OfPorts(std::vector<Port> ports) {
  std::sort(ports.begin(), ports.end());
  PortSet set;
  std::uint32_t last = 0;
  for (const Port port : ports) {
    if (port > last) set.Append(port, port);
    last = std::max<std::uint32_t>(last, port);
  }
  return set;
}

bool PortSet::Contains(Port port) const {
  const auto behind = std::upper_bound(ranges_.begin(), ranges_.end(), port,
                                       [](Port value, const Range& range) { return value < range.begin; });
  return behind != ranges_.begin() && std::prev(behind)->end >= port;
}

bool PortSet::Contains(const PortSet& other) const {
  if (other.size_ > size_) return false;
  return std::all_of(other.ranges_.begin(), other.ranges_.end(), [&](const Range& wanted) {
    const auto behind = std::upper_bound(ranges_.begin(), ranges_.end(), wanted.begin,
                                         [](Port value, const Range& range) { return value < range.begin; });
    return behind != ranges_.begin() && std::prev(behind)->end >= wanted.end;
  });
}

bool PortSet::Intersects(const PortSet& other) const {
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
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
  for (auto range = ranges_.rbegin(); range != ranges_.rend(); ++range) {
    for (std::uint32_t port = range->end; port >= range->begin && ports.size() < n; --port) {
      ports.push_back(static_cast<Port>(port));
    }
  }
  std::reverse(ports.begin(), ports.end());
  return ports;
}

std::vector<Port> PortSet::Lowest(std::size_t n) const {
  std::vector<Port> ports;
  for (const Range& range : ranges_) {
    for (std::uint32_t port = range.begin; port <= range.end && ports.size() < n; ++port) {
      ports.push_back(static_cast<Port>(port));
    }
  }
  return ports;
}

PortSet operator|(const PortSet& a, const PortSet& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  PortSet set;
  set.ranges_.reserve(a.ranges_.size() + b.ranges_.size());
  auto i = a.ranges_.begin();
  auto j = b.ranges_.begin();
  std::uint32_t last = 0;
  while (i != a.ranges_.end() || j != b.ranges_.end()) {
    const bool first = j == b.ranges_.end() || (i != a.ranges_.end() && i->begin <= j->begin);
    const Range range = first ? *i++ : *j++;
    const std::uint32_t begin = std::max<std::uint32_t>(range.begin, last + 1);
    if (begin > range.end) continue;
    set.Append(begin, range.end);
    last = range.end;
  }
  return set;
}

PortSet operator&(const PortSet& a, const PortSet& b) {
  PortSet set;
  auto i = a.ranges_.begin();
  auto j = b.ranges_.begin();
  while (i != a.ranges_.end() && j != b.ranges_.end()) {
    const Port begin = std::max(i->begin, j->begin);
    const Port end = std::min(i->end, j->end);
    if (begin <= end) set.Append(begin, end);
    i->end < j->end ? ++i : ++j;
  }
  return set;
}

PortSet operator-(const PortSet& a, const PortSet& b) {
  if (b.empty()) return a;
  PortSet set;
  set.ranges_.reserve(a.ranges_.size() + b.ranges_.size());
  auto j = b.ranges_.begin();
  for (const Range& range : a.ranges_) {
    std::uint32_t begin = range.begin;
    while (j != b.ranges_.end() && j->end < begin) ++j;
    for (auto k = j; k != b.ranges_.end() && k->begin <= range.end; ++k) {
      if (k->begin > begin) set.Append(begin, k->begin - 1U);
      begin = k->end + 1U;
      j = k;
    }
    if (begin <= range.end) set.Append(begin, range.end);
  }
  return set;
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
