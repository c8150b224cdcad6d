// Describes changes of Endpoints and EndpointSlices as readable text, for dry runs.

#ifndef K8SM_CONTROLLER_RECONCILE_CHANGE_REPORT_H_
#define K8SM_CONTROLLER_RECONCILE_CHANGE_REPORT_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"

#include <cstddef>
#include <string>
#include <vector>

namespace k8sm::controller {

// The number of addresses that a change affects. An address is one IP and port of one pod.
struct ChangeCounts {
  std::size_t added = 0;
  std::size_t removed = 0;
  std::size_t moved = 0;    // same pod and service port, different IP or port
  std::size_t toggled = 0;  // same IP and port, readiness changed
};

// A change of one address. The texts of an address are "10.0.0.12:31020/TCP", or "10.0.0.12" without ports.
struct AddressChange {
  enum class Type { kAdded, kRemoved, kMoved, kReadiness };
  Type type = Type::kAdded;
  std::string pod;     // "shop/web-1"; empty if the address belongs to no pod
  std::string port;    // the service port's name; may be empty
  std::string from;    // empty if added
  std::string to;      // empty if removed
  bool ready = false;  // afterwards; if removed, before
};

struct ChangeReport {
  // Lines that each end with a newline, e.g.
  //   update default/redis-slave
  //     ~ pod default/slave-0: 172.17.0.4:6379/TCP -> 10.0.0.12:31020/TCP
  //     + pod default/slave-1: 10.0.0.13:31021/TCP (not ready)
  // sorted by pod and port, so that equal changes give equal text.
  std::string text;
  ChangeCounts counts;
  std::vector<AddressChange> addresses;  // of Endpoints, in the order of the text
};

// Describes the change from `before` (null: create) to `after` (null: delete). REQUIRES: at least one is not
// null.
ChangeReport DescribeChange(const kube::Endpoints* before, const kube::Endpoints* after);

// The same for a slice, on one line and without counts:
//   update slice default/web-x7k2p IPv4 31020/TCP: 2 endpoints at 10.0.0.11, 10.0.0.12, was 3 endpoints
ChangeReport DescribeChange(const kube::EndpointSlice* before, const kube::EndpointSlice* after);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_CHANGE_REPORT_H_
