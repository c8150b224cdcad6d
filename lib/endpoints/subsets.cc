#include "lib/endpoints/subsets.h"

#include <algorithm>
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

// The addresses of one port: indexes into the ordered list of all addresses, and whether each is ready.
using AddressSet = std::map<std::size_t, bool>;

struct OptionalPortBefore {
  bool operator()(const std::optional<EndpointPort>& a, const std::optional<EndpointPort>& b) const {
    if (!a || !b) return !a && b;
    return PortBefore(*a, *b);
  }
};

std::vector<EndpointAddress> DistinctAddresses(const std::vector<EndpointEntry>& entries) {
  std::vector<EndpointAddress> addresses;
  addresses.reserve(entries.size());
  for (const EndpointEntry& entry : entries) addresses.push_back(entry.address);
  std::stable_sort(addresses.begin(), addresses.end(), AddressBefore);
  addresses.erase(std::unique(addresses.begin(), addresses.end(), SameAddress), addresses.end());
  return addresses;
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
  const std::vector<EndpointAddress> addresses = DistinctAddresses(entries);

  std::map<std::optional<EndpointPort>, AddressSet, OptionalPortBefore> by_port;
  for (const EndpointEntry& entry : entries) {
    const auto place = std::lower_bound(addresses.begin(), addresses.end(), entry.address, AddressBefore);
    const auto index = static_cast<std::size_t>(place - addresses.begin());
    const auto [known, inserted] = by_port[entry.port].try_emplace(index, entry.ready);
    // An address that is listed as both ready and not ready counts as not ready, as in Kubernetes.
    if (!inserted) known->second = known->second && entry.ready;
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
    for (const auto& [index, ready] : set) {
      (ready ? subset.addresses : subset.not_ready_addresses).push_back(addresses[index]);
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
