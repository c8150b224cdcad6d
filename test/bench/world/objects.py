"""The objects of a cluster of a given size. Objects of the same number are the same in each run."""

import dataclasses

SINCE = "2026-11-22T10:34:21Z"
CONDITIONS = ("Initialized", "Ready", "ContainersReady", "PodScheduled", "PodReadyToStartContainers")


@dataclasses.dataclass
class Size:
    """The size of the cluster. Each service selects the same number of pods, all in its namespace."""

    pods: int
    services: int
    nodes: int
    namespaces: list

    def namespace_of(self, service):
        return self.namespaces[service % len(self.namespaces)]

    def service_of(self, pod):
        return pod % self.services

    def node_of(self, pod):
        """Pods of a service are on different nodes, since they have the same host port."""
        return (self.service_of(pod) * 7 + pod // self.services) % self.nodes


def pod_name(number, generation=0):
    return f"web-{number}-{generation:05d}-xk7qz"


def service_name(number):
    return f"web-{number}"


def node(number):
    image = {"names": [f"registry.example.com/team/app-{number}@sha256:" + "0" * 64], "sizeBytes": 123456789}
    return {"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": f"node-{number}",
                         "labels": {"kubernetes.io/hostname": f"node-{number}",
                                    "topology.kubernetes.io/zone": f"zone-{number % 3}"}},
            "status": {"images": [image] * 40}}


def service(size, number):
    return {"apiVersion": "v1", "kind": "Service",
            "metadata": {"name": service_name(number), "namespace": size.namespace_of(number)},
            "spec": {"selector": {"app": service_name(number)},
                     "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}}


def pod(size, number, generation=0):
    """A pod as its creator sends it, without a status."""
    of = size.service_of(number)
    environment = [{"name": f"VARIABLE_{i}", "value": f"some value of variable {i}"} for i in range(12)]
    container = {"name": "main", "image": "registry.example.com/team/app:1.2.3", "env": environment,
                 "args": [f"--flag-{i}=value" for i in range(8)],
                 "ports": [{"name": "http", "containerPort": 8080, "hostPort": 31000 + of % 1000}]}
    return {"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": pod_name(number, generation), "namespace": size.namespace_of(of),
                         "labels": {"app": service_name(of), "pod-template-hash": f"{of:08x}"}},
            "spec": {"nodeName": f"node-{size.node_of(number)}", "containers": [container]}}


def status(size, number):
    """The status of a running and ready pod."""
    on = size.node_of(number)
    host = f"10.{on // 250}.{on % 250}.1"
    ip = f"172.{16 + number // 62500}.{number // 250 % 250}.{number % 250 + 1}"
    container = {"name": "main", "ready": True, "started": True, "restartCount": 0,
                 "image": "registry.example.com/team/app:1.2.3", "imageID": "sha256:" + "0" * 64,
                 "containerID": "containerd://" + "1" * 64, "state": {"running": {"startedAt": SINCE}}, "lastState": {}}
    return {"phase": "Running", "hostIP": host, "hostIPs": [{"ip": host}], "podIP": ip, "podIPs": [{"ip": ip}],
            "startTime": SINCE, "containerStatuses": [container],
            "conditions": [{"type": kind, "status": "True", "lastTransitionTime": SINCE} for kind in CONDITIONS]}


def readiness(ready):
    """A strategic merge patch of a pod's status."""
    text, when = ("True", SINCE) if ready else ("False", "2026-11-22T10:34:22Z")
    conditions = [{"type": kind, "status": text, "lastTransitionTime": when} for kind in ("Ready", "ContainersReady")]
    return {"status": {"conditions": conditions}}


def managed_fields():
    """What an API server with server-side apply stores about the writers of a pod: half of its size."""
    known = {".": {}, "f:lastProbeTime": {}, "f:lastTransitionTime": {}, "f:status": {}, "f:type": {}}
    of_status = {f'k:{{"type":"{kind}"}}': known for kind in CONDITIONS}
    of_container = {f"f:{name}": {".": {}, "f:name": {}, "f:value": {}} for name in
                    ("args", "env", "image", "imagePullPolicy", "name", "ports", "resources", "terminationMessagePath")}
    of_variables = {f'k:{{"name":"VARIABLE_{i}"}}': {".": {}, "f:name": {}, "f:value": {}} for i in range(12)}
    by_kubelet = {"f:status": {"f:conditions": of_status, "f:containerStatuses": {}, "f:hostIP": {}, "f:hostIPs": {},
                               "f:phase": {}, "f:podIP": {}, "f:podIPs": {".": {}}, "f:startTime": {}}}
    by_owner = {"f:metadata": {"f:labels": {".": {}, "f:app": {}, "f:pod-template-hash": {}}},
                "f:spec": {"f:containers": {'k:{"name":"main"}': of_container | {"f:env": of_variables}},
                           "f:dnsPolicy": {}, "f:enableServiceLinks": {}, "f:restartPolicy": {}, "f:schedulerName": {},
                           "f:securityContext": {}, "f:terminationGracePeriodSeconds": {}}}
    common = {"operation": "Update", "apiVersion": "v1", "time": SINCE, "fieldsType": "FieldsV1"}
    return [{"manager": "kube-controller-manager", **common, "fieldsV1": by_owner},
            {"manager": "kubelet", **common, "subresource": "status", "fieldsV1": by_kubelet}]
