// A small cluster in which ports are in every state.

#ifndef K8SM_TEST_UNIT_PORT_SPACE_BUSY_CLUSTER_H_
#define K8SM_TEST_UNIT_PORT_SPACE_BUSY_CLUSTER_H_

#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "test/support/builders.h"
#include "test/unit/port_space/watch_stage.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {

// Gives the master four agents, one of them inactive and two of one name, and the caches pods and a service.
// Call it between the start of the watch and the first turn of the loop.
inline void FillBusyCluster(Stage& stage) {
  stage.master->state().answer = R"({"slaves":[
    {"id":"S1","hostname":"n1","active":true,"attributes":{},
     "resources":{"ports":"[31000-31009, 31900-31901, 32000-32002]"},
     "used_resources":{"ports":"[31000-31003]"},
     "reserved_resources":{"fixed":{"ports":"[31900-31901]"},"web":{"ports":"[32000-32002]"}},
     "unreserved_resources":{"ports":"[31000-31009]"}},
    {"id":"S2","hostname":"n2","active":false,"attributes":{},"resources":{"ports":"[31000-31001]"},
     "used_resources":{},"reserved_resources":{},"unreserved_resources":{"ports":"[31000-31001]"}},
    {"id":"S3","hostname":"twin","active":true,"attributes":{},"resources":{"ports":"[31000-31002]"},
     "used_resources":{"ports":"[31000-31002]"},"reserved_resources":{},
     "unreserved_resources":{"ports":"[31000-31002]"}},
    {"id":"S4","hostname":"twin","active":true,"attributes":{},"resources":{},
     "used_resources":{},"reserved_resources":{},"unreserved_resources":{}}
  ],"recovered_slaves":[]})";
  using test::MakePod;
  const auto held = [](const std::string& name, int port, const std::string& node) {
    return MakePod(name).Namespace("shop").On(node, "10.0.0.1").Port({.host_port = port});
  };
  const auto waits = [](const std::string& name, int port) {
    return MakePod(name).Namespace("shop").Unscheduled().Port({.host_port = port});
  };
  std::vector<kube::Pod> pods = {held("web", 31000, "n1"),
                                 held("leaving", 31001, "n1").Terminating(),
                                 held("clash-a", 31003, "n1"),
                                 held("clash-b", 31003, "n1"),
                                 held("unaccounted", 31005, "n1"),
                                 held("outside", 40000, "n1"),
                                 held("stray", 31000, "gone"),
                                 waits("fits-1", 31009),
                                 waits("fits-2", 31009),
                                 waits("waits-1", 31000),
                                 waits("waits-2", 31000),
                                 waits("waits-3", 31000),
                                 waits("never", 8080)};
  int version = 0;
  for (kube::Pod& pod : pods) {
    pod.meta.resource_version = std::to_string(++version);
    stage.cluster.cache.pods().Apply(std::move(pod));
  }
  kube::Service service = test::MakeService("front").Port({.number = 80});
  service.ports[0].node_port = 31007;
  service.meta.resource_version = std::to_string(++version);
  stage.cluster.cache.services().Apply(std::move(service));
}

}  // namespace k8sm::controller

#endif  // K8SM_TEST_UNIT_PORT_SPACE_BUSY_CLUSTER_H_
