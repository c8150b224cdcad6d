// Changes of Endpoints and EndpointSlices as text a person can read.

#ifndef K8SM_CONTROLLER_RECONCILE_CHANGE_REPORT_H_
#define K8SM_CONTROLLER_RECONCILE_CHANGE_REPORT_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"

#include <cstddef>
#include <string>

namespace k8sm::controller {

// How many addresses a change touches. An address is one IP and port of one pod.
struct ChangeCounts {
  std::size_t added = 0;
  std::size_t removed = 0;
  std::size_t moved = 0;    // the same pod and service port at another IP or port
  std::size_t toggled = 0;  // the same place, now ready or no longer
};

struct ChangeReport {
  // Some lines, each ended, e.g.
  //   update default/redis-slave
  //     ~ pod default/slave-0: 172.17.0.4:6379/TCP -> 10.0.0.12:31020/TCP
  //     + pod default/slave-1: 10.0.0.13:31021/TCP (not ready)
  // ordered by place, so that equal changes give equal texts.
  std::string text;
  ChangeCounts counts;
};

// Describes the write of `after` where `before` stands (null: nothing; `after` null: a delete).
// REQUIRES: not both null.
ChangeReport DescribeChange(const kube::Endpoints* before, const kube::Endpoints* after);

// The same of a slice, in one line and without counts:
//   update slice default/web-x7k2p IPv4 31020/TCP: 2 endpoints at 10.0.0.11, 10.0.0.12, was 3 endpoints
ChangeReport DescribeChange(const kube::EndpointSlice* before, const kube::EndpointSlice* after);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_CHANGE_REPORT_H_
