// Reads manifests.

#ifndef K8SM_LIB_MANIFEST_MANIFEST_H_
#define K8SM_LIB_MANIFEST_MANIFEST_H_

#include "lib/base/error.h"
#include "lib/manifest/workload.h"

#include <string>

namespace k8sm::manifest {

// The workloads in a text of YAML or JSON, of one or several documents: Pod, ReplicationController,
// ReplicaSet, Deployment, StatefulSet, DaemonSet, Job, CronJob, and lists of them; of Services their node
// ports. Other kinds are counted. Fields that are not read may hold anything.
//
// kInvalidConfig, "line 12: spec.template.spec.containers[0].ports[1].hostPort: expected a port from 0 to
// 65535", for what does not parse, has the wrong type, or goes beyond 4 MiB, 100 levels or 200,000 values,
// aliases followed.
Result<Manifest> ReadManifest(const std::string& text);

}  // namespace k8sm::manifest

#endif  // K8SM_LIB_MANIFEST_MANIFEST_H_
