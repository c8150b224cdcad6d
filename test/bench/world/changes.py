"""A cluster's objects through its API: created, changed, deleted."""

import concurrent.futures

from world import objects
from world.api import SLICES


def each(act, items, threads=4):
    """Calls act(item) for each item, on several threads; raises what one of them raises."""
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(act, items):
            pass


class Cluster:
    """The objects of a run, and their changes."""

    def __init__(self, api, size):
        self.api = api
        self.size = size
        self.generations = {}  # of the pods that have been replaced
        self.not_ready = set()

    def name_of(self, pod):
        return objects.pod_name(pod, self.generations.get(pod, 0))

    def _pods(self, pod):
        return f"/api/v1/namespaces/{self.size.namespace_of(self.size.service_of(pod))}/pods"

    def create_namespaces(self):
        for namespace in self.size.namespaces:
            self.api("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})

    def create_node(self, number):
        self.api("POST", "/api/v1/nodes", objects.node(number))

    def create_service(self, number):
        namespace = self.size.namespace_of(number)
        self.api("POST", f"/api/v1/namespaces/{namespace}/services", objects.service(self.size, number))

    def create_pod(self, number):
        """Returns the pod, which has no status yet."""
        return self.api("POST", self._pods(number), objects.pod(self.size, number, self.generations.get(number, 0)))

    def start_pod(self, number, created):
        """Makes a pod ready that create_pod() has returned."""
        path = f"{self._pods(number)}/{self.name_of(number)}/status"
        self.api("PUT", path, created | {"status": objects.status(self.size, number)})

    def flip(self, number):
        """Makes a ready pod not ready, or vice versa."""
        ready = number in self.not_ready
        if ready:
            self.not_ready.remove(number)
        else:
            self.not_ready.add(number)
        path = f"{self._pods(number)}/{self.name_of(number)}/status"
        self.api("PATCH", path, objects.readiness(ready), "application/strategic-merge-patch+json")

    def delete_pod(self, number):
        """The next pod of this number will have another name."""
        self.api("DELETE", f"{self._pods(number)}/{self.name_of(number)}?gracePeriodSeconds=0")
        self.generations[number] = self.generations.get(number, 0) + 1
        self.not_ready.discard(number)

    def clear(self):
        """Deletes all Endpoints and EndpointSlices, so that all have to be written again."""
        for namespace in self.size.namespaces:
            self.api("DELETE", f"/api/v1/namespaces/{namespace}/endpoints")
            self.api("DELETE", f"{SLICES}/namespaces/{namespace}/endpointslices")
