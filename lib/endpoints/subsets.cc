#include "lib/endpoints/subsets.h"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::EndpointAddress;
using kube::EndpointPort;
using kube::EndpointSubset;
using kube::Uid;

const Uid& UidOf(const EndpointAddress& address) {
  static const Uid none;
  return address.target_ref ? address.target_ref->uid : none;
}

// The order in which Kubernetes truncates addresses: by the text of the IP, then by UID.
bool AddressBefore(const EndpointAddress& a, const EndpointAddress& b) {
  return std::tie(a.ip, UidOf(a)) < std::tie(b.ip, UidOf(b));
}

bool SameAddress(const EndpointAddress& a, const EndpointAddress& b) {
  return a.ip == b.ip && UidOf(a) == UidOf(b);
}

bool SubsetBefore(const EndpointSubset& a, const EndpointSubset& b) {
  if (a.ports != b.ports) {
    return std::lexicographical_compare(a.ports.begin(), a.ports.end(), b.ports.begin(), b.ports.end(),
                                        PortBefore);
  }
  return std::lexicographical_compare(a.addresses.begin(), a.addresses.end(), b.addresses.begin(),
                                      b.addresses.end(), AddressBefore);
}

// An address by its place in the order of all addresses.
struct RankedAddress {
  std::size_t rank = 0;
  bool ready = false;
  friend auto operator<=>(const RankedAddress&, const RankedAddress&) = default;
};

// The addresses of one port, in order.
using AddressSet = std::vector<RankedAddress>;

const EndpointAddress& AddressOf(const EndpointEntry* entry) {
  return entry->address;
}

struct OptionalPortBefore {
  bool operator()(const std::optional<EndpointPort>& a, const std::optional<EndpointPort>& b) const {
    if (!a || !b) return !a && b;
    return PortBefore(*a, *b);
  }
};

// Entries of one address stay in their order.
std::vector<const EndpointEntry*> OrderedByAddress(const std::vector<EndpointEntry>& entries) {
  std::vector<const EndpointEntry*> ordered;
  ordered.reserve(entries.size());
  for (const EndpointEntry& entry : entries) ordered.push_back(&entry);
  std::ranges::stable_sort(ordered, AddressBefore, &AddressOf);
  return ordered;
}

// Reverses PackSubsets.
std::vector<EndpointEntry> EntriesOf(const std::vector<EndpointSubset>& subsets) {
  std::vector<EndpointEntry> entries;
  const auto add = [&](const EndpointSubset& subset, const std::vector<EndpointAddress>& addresses,
                       bool ready) {
    for (const EndpointAddress& address : addresses) {
      if (subset.ports.empty()) entries.push_back({address, std::nullopt, ready});
      for (const EndpointPort& port : subset.ports) entries.push_back({address, port, ready});
    }
  };
  for (const EndpointSubset& subset : subsets) {
    add(subset, subset.addresses, true);
    add(subset, subset.not_ready_addresses, false);
  }
  return entries;
}

std::size_t CountOf(const std::vector<EndpointSubset>& subsets,
                    std::vector<EndpointAddress> EndpointSubset::*kind) {
  std::size_t count = 0;
  for (const EndpointSubset& subset : subsets) count += (subset.*kind).size();
  return count;
}

// Reduces the addresses of one kind to `capacity` over all subsets, in proportion and rounded up, so that the
// last subsets get the remainder.
void Shrink(std::vector<EndpointSubset>& subsets, std::vector<EndpointAddress> EndpointSubset::*kind,
            std::size_t capacity) {
  const std::size_t total = CountOf(subsets, kind);
  if (total == 0) return;
  std::size_t left = capacity;
  for (EndpointSubset& subset : subsets) {
    auto& addresses = subset.*kind;
    const std::size_t share = (addresses.size() * capacity + total - 1) / total;
    const std::size_t kept = std::min({share, left, addresses.size()});
    addresses.erase(addresses.begin() + static_cast<std::ptrdiff_t>(kept), addresses.end());
    left -= kept;
  }
}

}  // namespace

bool PortBefore(const EndpointPort& a, const EndpointPort& b) {
  return std::tie(a.name, a.port, a.protocol, a.app_protocol) <
         std::tie(b.name, b.port, b.protocol, b.app_protocol);
}

std::vector<EndpointSubset> PackSubsets(const std::vector<EndpointEntry>& entries) {
  std::vector<const EndpointAddress*> addresses;  // by rank
  std::map<std::optional<EndpointPort>, AddressSet, OptionalPortBefore> by_port;
  for (const EndpointEntry* entry : OrderedByAddress(entries)) {
    if (addresses.empty() || !SameAddress(*addresses.back(), entry->address))
      addresses.push_back(&entry->address);
    const std::size_t rank = addresses.size() - 1;
    AddressSet& set = by_port[entry->port];
    if (set.empty() || set.back().rank != rank) {
      set.push_back({rank, entry->ready});
    } else {
      // An address that is listed as both ready and not ready counts as not ready, as in Kubernetes.
      set.back().ready = set.back().ready && entry->ready;
    }
  }

  std::map<AddressSet, std::vector<EndpointPort>> by_addresses;
  for (auto& [port, set] : by_port) {
    auto& ports = by_addresses[std::move(set)];
    if (port) ports.push_back(*port);
  }

  std::vector<EndpointSubset> subsets;
  for (auto& [set, ports] : by_addresses) {
    EndpointSubset& subset = subsets.emplace_back();
    subset.ports = std::move(ports);
    for (const auto& [rank, ready] : set) {
      (ready ? subset.addresses : subset.not_ready_addresses).push_back(*addresses[rank]);
    }
  }
  std::sort(subsets.begin(), subsets.end(), SubsetBefore);
  return subsets;
}

std::vector<EndpointSubset> Canonical(std::vector<EndpointSubset> subsets) {
  for (EndpointSubset& subset : subsets) {
    std::sort(subset.addresses.begin(), subset.addresses.end(), AddressBefore);
    std::sort(subset.not_ready_addresses.begin(), subset.not_ready_addresses.end(), AddressBefore);
    std::sort(subset.ports.begin(), subset.ports.end(), PortBefore);
  }
  std::sort(subsets.begin(), subsets.end(), SubsetBefore);
  return subsets;
}

bool Truncate(std::vector<EndpointSubset>& subsets, std::size_t capacity) {
  const std::size_t ready = CountOf(subsets, &EndpointSubset::addresses);
  const std::size_t not_ready = CountOf(subsets, &EndpointSubset::not_ready_addresses);
  if (ready + not_ready <= capacity) return false;
  if (ready > capacity) Shrink(subsets, &EndpointSubset::addresses, capacity);
  Shrink(subsets, &EndpointSubset::not_ready_addresses, ready > capacity ? 0 : capacity - ready);
  // Repack: address sets that differed may now be equal, and the API server would merge their subsets; it
  // would reject a subset without addresses.
  subsets = PackSubsets(EntriesOf(subsets));
  return true;
}

}  // namespace k8sm::endpoints
