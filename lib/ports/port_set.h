// Sets of port numbers, stored as ranges.

#ifndef K8SM_LIB_PORTS_PORT_SET_H_
#define K8SM_LIB_PORTS_PORT_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace k8sm::ports {

// A port number from 1 to 65535. 0 is never an element of a set.
using Port = std::uint16_t;

inline constexpr std::uint32_t kMaxPort = 65535;

// A range including both ends. REQUIRES: 1 <= begin <= end.
struct Range {
  Port begin = 0;
  Port end = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

// An immutable set of ports. Invariant: its ranges are sorted, disjoint and not adjacent. In complexities, r
// is the number of ranges. Copies share the ranges: copying takes O(1) and no memory.
class PortSet {
 public:
  PortSet() = default;
  // Takes ranges in any order, overlapping or not. O(r log r).
  static PortSet Of(std::vector<Range> ranges);
  // Takes ports in any order. O(n log n).
  static PortSet OfPorts(std::vector<Port> ports);

  bool empty() const { return size_ == 0; }
  // O(1).
  std::uint32_t size() const { return size_; }
  // Sorted, disjoint and not adjacent.
  std::span<const Range> ranges() const { return {ranges_.get(), count_}; }

  bool Contains(Port port) const;  // O(log r)
  // Whether `other` is a subset. O(r of other * log r).
  bool Contains(const PortSet& other) const;
  bool Intersects(const PortSet& other) const;  // O(r of both)

  // Return the n highest (lowest) elements in ascending order, or all if there are fewer.
  std::vector<Port> Highest(std::size_t n) const;
  std::vector<Port> Lowest(std::size_t n) const;
  // Returns all elements in ascending order.
  std::vector<Port> Ports() const { return Lowest(size_); }

  // Union, intersection and difference. O(r of both).
  friend PortSet operator|(const PortSet& a, const PortSet& b);
  friend PortSet operator&(const PortSet& a, const PortSet& b);
  friend PortSet operator-(const PortSet& a, const PortSet& b);
  friend bool operator==(const PortSet& a, const PortSet& b);

 private:
  class Builder;

  std::shared_ptr<const Range[]> ranges_;
  std::uint32_t count_ = 0;  // of ranges
  std::uint32_t size_ = 0;   // of ports
};

// "31000-31004,31006"; empty for the empty set.
std::string ToString(const PortSet& set);

// Formats up to `max_ranges` ranges, followed by ",..." if there are more.
std::string ToString(const PortSet& set, std::size_t max_ranges);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_PORT_SET_H_
