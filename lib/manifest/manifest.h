// Reads Kubernetes manifests.

#ifndef K8SM_LIB_MANIFEST_MANIFEST_H_
#define K8SM_LIB_MANIFEST_MANIFEST_H_

#include "lib/base/error.h"
#include "lib/manifest/workload.h"

#include <string>

namespace k8sm::manifest {

// Returns the workloads in a YAML or JSON text with one or more documents: Pod, PodTemplate,
// ReplicationController, ReplicaSet, Deployment, StatefulSet (PetSet), DaemonSet, Job, CronJob
// (ScheduledJob), and lists of them; and the node ports of Services. Other kinds are only counted. Fields
// that are not needed are not checked.
//
// Fails with kInvalidConfig ("line 12: spec.template.spec.containers[0].ports[1].hostPort: expected a port
// from 0 to 65535") for invalid syntax, wrong types, one of these kinds without apiVersion, and texts that
// exceed 4 MiB, 100 levels or 200,000 values after following aliases.
Result<Manifest> ReadManifest(const std::string& text);

}  // namespace k8sm::manifest

#endif  // K8SM_LIB_MANIFEST_MANIFEST_H_
