// What has to hold of objects of the kinds that are written.

#ifndef K8SM_TEST_FUZZ_WRITING_H_
#define K8SM_TEST_FUZZ_WRITING_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/lease.h"
#include "lib/kube_json/codec.h"
#include "test/fuzz/fuzz.h"

#include <algorithm>
#include <string>

namespace k8sm::fuzz {

template <class T>
constexpr bool kIsWritten = requires(const T& object) {
  kube_json::Encode(object);
};

inline bool IsSame(const kube::ObjectMeta& a, const kube::ObjectMeta& b) {
  return a.Key() == b.Key() && a.uid == b.uid && a.resource_version == b.resource_version &&
         a.creation_timestamp == b.creation_timestamp && a.deletion_timestamp == b.deletion_timestamp &&
         a.labels == b.labels && a.annotations == b.annotations && a.preserved == b.preserved;
}

inline bool IsSame(const kube::Endpoints& a, const kube::Endpoints& b) {
  return IsSame(a.meta, b.meta) && a.subsets == b.subsets && a.exact == b.exact;
}

inline bool IsSame(const kube::EndpointSlice& a, const kube::EndpointSlice& b) {
  return IsSame(a.meta, b.meta) && a.family == b.family && a.owner == b.owner && a.ports == b.ports &&
         a.endpoints == b.endpoints;
}

inline bool IsSame(const kube::Lease& a, const kube::Lease& b) {
  return IsSame(a.meta, b.meta) && a.holder_identity == b.holder_identity &&
         a.lease_duration_seconds == b.lease_duration_seconds && a.acquire_time == b.acquire_time &&
         a.renew_time == b.renew_time && a.lease_transitions == b.lease_transitions &&
         a.preserved_spec == b.preserved_spec;
}

// Whether the object can be updated, with an encoding that contains all its fields.
inline bool CanBeWritten(const kube::Endpoints& endpoints) {
  return endpoints.exact;
}
inline bool CanBeWritten(const kube::Lease&) {
  return true;
}
inline bool CanBeWritten(const kube::EndpointSlice& slice) {
  return slice.family && !slice.meta.resource_version.empty() &&
         std::ranges::all_of(slice.endpoints, &kube::SliceEndpoint::exact);
}

// An update loses no field: decoding the encoded object gives the same object.
template <class T>
void ExpectSurvivesWriting(const T& object) {
  if (!CanBeWritten(object)) return;
  const std::string written = kube_json::Encode(object);
  const auto again = kube_json::Decode<T>(written);
  Expect(again.has_value(), "what is written can be read");
  Expect(IsSame(*again, object), "what is written is what was read");
  Expect(kube_json::Encode(*again) == written, "what is written again is the same");
}

}  // namespace k8sm::fuzz

#endif  // K8SM_TEST_FUZZ_WRITING_H_
