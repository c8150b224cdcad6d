"""What a run lets a program do, and what it cost."""

import http.client
import socket
import threading
import time

from world import objects
from world.api import SLICES
from world.changes import each
from world.programs import memory_mb, received_and_sent_mb

PATIENCE = 60  # seconds for the last change to arrive


def start(program):
    """From the start of the process until everything is written."""
    end = program.settle(lambda: not program.synced())
    costs = between(program.begin, end) | {"memory at the peak, MB": memory_mb(program.pid, "VmHWM"),
                                          "memory afterwards, MB": memory_mb(program.pid, "VmRSS")}
    for verb, count in sorted(program.requests().items()):
        costs[f"requests {verb}"] = count
    moved = received_and_sent_mb(program.pid)
    if moved is not None:
        costs |= {"received, MB": moved[0], "sent, MB": moved[1]}
    return costs


def between(before, after):
    costs = {"CPU, s": after.cpu - before.cpu, "time, s": after.at - before.at}
    if after.server_cpu is not None:
        costs["CPU of the API server, s"] = after.server_cpu - before.server_cpu
    return costs


class Arrivals:
    """Watches what the program writes, and measures when each change of a service has arrived."""

    def __init__(self, api, size):
        self.lock = threading.Lock()
        self.connections = []
        self.sent = {}  # (resource, namespace, service) to (when, name of the pod, quoted)
        self.seconds = {"Endpoints": [], "EndpointSlices": []}
        for resource, path in (("Endpoints", "/api/v1/endpoints"), ("EndpointSlices", SLICES + "/endpointslices")):
            if len(size.namespaces) == 1:
                head, tail = path.rsplit("/", 1)
                path = f"{head}/namespaces/{size.namespaces[0]}/{tail}"
            lines, connection = api.watch(path)
            self.connections.append(connection)
            threading.Thread(target=self._follow, args=(resource, lines), daemon=True).start()

    def expect(self, namespace, service, pod):
        """Measures from now on, until the pod is in the service's Endpoints and in one of its slices."""
        now = time.monotonic()
        with self.lock:
            for resource in self.seconds:
                self.sent[resource, namespace, service] = (now, f'"{pod}"'.encode())

    def missing(self):
        with self.lock:
            return len(self.sent)

    def close(self):
        for connection in self.connections:
            connection.sock.shutdown(socket.SHUT_RDWR)

    def _follow(self, resource, lines):
        while line := self._next(lines):
            now = time.monotonic()
            key = (resource, text_of(line, b'"namespace":"'), service_of(resource, line))
            with self.lock:
                sent = self.sent.get(key)
                if sent and sent[1] in line:
                    self.seconds[resource].append(now - sent[0])
                    del self.sent[key]

    @staticmethod
    def _next(lines):
        try:
            return lines.readline()
        except (OSError, http.client.HTTPException):  # closed
            return b""


def text_of(line, before):
    begin = line.index(before) + len(before)
    return line[begin:line.index(b'"', begin)].decode()


def service_of(resource, line):
    if resource == "Endpoints":
        return text_of(line, b'"name":"')
    return text_of(line, b'"kubernetes.io/service-name":"') if b"kubernetes.io/service-name" in line else ""


class Load:
    """Changes one service after the other at a steady rate."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.size = cluster.size

    def run(self, program, change, rate, count):
        """Makes `count` changes, `rate` of them a second, each by change(number)."""
        arrivals = Arrivals(self.cluster.api, self.size)
        before, requests = program.usage(), program.requests()
        begin = time.monotonic()

        def paced(number):
            time.sleep(max(0, begin + number / rate - time.monotonic()))
            change(arrivals, number)

        each(paced, range(count), threads=8)
        deadline = time.monotonic() + PATIENCE
        end = program.settle(lambda: arrivals.missing() and time.monotonic() < deadline)
        costs = between(before, end)
        costs["changes a second"] = count / (end.at - before.at)
        costs["CPU a change, ms"] = 1000 * costs["CPU, s"] / count
        for verb, total in sorted(program.requests().items()):
            costs[f"requests {verb}"] = total - requests.get(verb, 0)
        costs["memory afterwards, MB"] = memory_mb(program.pid, "VmRSS")
        for resource, seconds in arrivals.seconds.items():
            for share in (50, 90, 99):
                costs[f"latency of {resource}, p{share}, ms"] = 1000 * quantile(seconds, share / 100)
        costs["changes that did not arrive"] = arrivals.missing()
        arrivals.close()
        return costs

    def toggle(self, arrivals, number):
        """The readiness of a pod changes; in the next round it changes back."""
        pod = number % self.size.services
        self._expect(arrivals, pod)
        self.cluster.flip(pod)

    def churn(self, arrivals, number):
        """A pod is deleted, and another one created and made ready."""
        pod = number % self.size.pods
        self.cluster.delete_pod(pod)
        created = self.cluster.create_pod(pod)
        self._expect(arrivals, pod)
        self.cluster.start_pod(pod, created)

    def _expect(self, arrivals, pod):
        service = self.size.service_of(pod)
        arrivals.expect(self.size.namespace_of(service), objects.service_name(service), self.cluster.name_of(pod))


def quantile(values, share):
    if not values:
        return float("nan")
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
