#include "lib/endpoints/slice_packing.h"

#include "lib/kube/symbol.h"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::SliceEndpoint;
using kube::Symbol;

struct EndpointKey {
  Symbol address;
  Symbol pod;
  friend bool operator==(const EndpointKey&, const EndpointKey&) = default;
};

struct EndpointKeyHash {
  // The address is not hashed: a pod rarely has two addresses.
  std::size_t operator()(const EndpointKey& key) const { return kube::HashOf(key.pod); }
};

EndpointKey KeyOf(const SliceEndpoint& endpoint) {
  return {endpoint.address, endpoint.target_ref ? endpoint.target_ref->name : Symbol()};
}

// The desired endpoints, each of which can be taken once.
class Pool {
 public:
  explicit Pool(std::vector<SliceEndpoint> desired)
      : endpoints_(std::move(desired)), taken_(endpoints_.size()) {
    places_.reserve(endpoints_.size());
    for (std::size_t i = 0; i < endpoints_.size(); ++i) places_.emplace(KeyOf(endpoints_[i]), i);
  }

  // Returns the desired state of this endpoint; null if it is not desired or was taken already. Valid as long
  // as the pool.
  const SliceEndpoint* Take(const SliceEndpoint& stored) {
    const auto place = places_.find(KeyOf(stored));
    if (place == places_.end() || taken_[place->second]) return nullptr;
    taken_[place->second] = true;
    return &endpoints_[place->second];
  }

  // All endpoints that have not been taken, in input order.
  std::vector<SliceEndpoint> Rest() const {
    std::vector<SliceEndpoint> rest;
    for (std::size_t i = 0; i < endpoints_.size(); ++i) {
      if (!taken_[i]) rest.push_back(endpoints_[i]);
    }
    return rest;
  }

 private:
  std::vector<SliceEndpoint> endpoints_;
  std::vector<bool> taken_;
  std::unordered_map<EndpointKey, std::size_t, EndpointKeyHash> places_;
};

// Returns the slice with those of its endpoints that are still desired, in their desired state.
PackedSlice Keep(const StoredSlice& stored, Pool& pool, std::size_t limit) {
  PackedSlice packed{.stored = stored.slice, .to_be_written = stored.to_be_written};
  for (const SliceEndpoint& endpoint : stored.slice->endpoints) {
    const SliceEndpoint* desired = packed.endpoints.size() < limit ? pool.Take(endpoint) : nullptr;
    if (desired != nullptr) packed.endpoints.push_back(*desired);
  }
  packed.to_be_written |= packed.endpoints != stored.slice->endpoints;
  return packed;
}

// Endpoints not yet assigned to a slice; assigned ones are removed from the front.
using Homeless = std::span<const SliceEndpoint>;

void Fill(PackedSlice& slice, Homeless& homeless, std::size_t limit) {
  const std::size_t count = std::min(homeless.size(), limit - slice.endpoints.size());
  if (count == 0) return;
  slice.endpoints.insert(slice.endpoints.end(), homeless.begin(),
                         homeless.begin() + static_cast<std::ptrdiff_t>(count));
  slice.to_be_written = true;
  homeless = homeless.subspan(count);
}

std::size_t SizeOf(const PackedSlice* slice) {
  return slice->endpoints.size();
}

void FillThoseToBeWritten(std::vector<PackedSlice>& slices, Homeless& homeless, std::size_t limit) {
  std::vector<PackedSlice*> open;
  for (PackedSlice& slice : slices) {
    if (slice.to_be_written) open.push_back(&slice);
  }
  std::ranges::stable_sort(open, std::ranges::greater(), SizeOf);
  for (PackedSlice* slice : open) Fill(*slice, homeless, limit);
}

// The slice that has room for `count` endpoints and the least room left afterwards; null if there is none.
PackedSlice* BestFit(std::vector<PackedSlice>& slices, std::size_t count, std::size_t limit) {
  PackedSlice* best = nullptr;
  for (PackedSlice& slice : slices) {
    const bool fits = SizeOf(&slice) + count <= limit;
    if (fits && (best == nullptr || SizeOf(&slice) > SizeOf(best))) best = &slice;
  }
  return best;
}

// Adds an empty slice: the first vacant one, else a new one.
PackedSlice& AddSlice(Packing& packing) {
  PackedSlice& added = packing.slices.emplace_back();
  if (!packing.vacant.empty()) {
    added.stored = packing.vacant.front();
    packing.vacant.erase(packing.vacant.begin());
  }
  return added;
}

}  // namespace

Packing PackSlices(std::vector<SliceEndpoint> desired, const std::vector<StoredSlice>& stored,
                   std::size_t limit) {
  Pool pool(std::move(desired));
  Packing packing;
  for (const StoredSlice& each : stored) {
    PackedSlice kept = Keep(each, pool, limit);
    if (kept.endpoints.empty()) {
      packing.vacant.push_back(each.slice);
    } else {
      packing.slices.push_back(std::move(kept));
    }
  }

  const std::vector<SliceEndpoint> rest = pool.Rest();
  packing.added = rest.size();
  Homeless homeless = rest;
  FillThoseToBeWritten(packing.slices, homeless, limit);
  while (!homeless.empty()) {
    PackedSlice* slice = BestFit(packing.slices, homeless.size(), limit);
    if (slice == nullptr) slice = &AddSlice(packing);
    Fill(*slice, homeless, limit);
  }
  return packing;
}

}  // namespace k8sm::endpoints
