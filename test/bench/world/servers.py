"""The API servers that a run measures against. Each is a context manager."""

import json
import os
import socket
import subprocess
import time
import uuid

from world import objects
from world.api import Api
from world.changes import Cluster, each

ADMIN = "of-the-benchmark"


def wait_until(ready, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} is not ready after {seconds} s")
        time.sleep(0.1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_kubeconfig(path, server, authority=None):
    cluster = {"server": server}
    if authority:
        cluster["certificate-authority"] = authority
    config = {"apiVersion": "v1", "kind": "Config", "current-context": "bench",
              "clusters": [{"name": "bench", "cluster": cluster}],
              "users": [{"name": "bench", "user": {"token": ADMIN} if authority else {}}],
              "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench"}}]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)


class Server:
    """An API server with processes of its own, which end with it. `pid` is the process whose CPU time is measured."""

    namespaced = False  # whether only namespaces of this run may be touched
    pid = None

    def __init__(self, directory):
        self.directory = directory
        self.kubeconfig = os.path.join(directory, "kubeconfig")
        self.processes = []

    def spawn(self, name, *command):
        with open(os.path.join(self.directory, name + ".log"), "w", encoding="utf-8") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def log_of(self, name):
        with open(os.path.join(self.directory, name + ".log"), encoding="utf-8") as log:
            return log.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()


class InMemory(Server):
    """test/apiserver. Without TLS; the objects are read from files."""

    name = "the in-memory API server"

    def __init__(self, directory, binary):
        super().__init__(directory)
        self.binary = binary

    def fill(self, size, say):
        """Starts it with the objects of a cluster of this size."""
        load = os.path.join(self.directory, "load")
        os.mkdir(load)
        self._write(os.path.join(load, "1.json"), (objects.node(i) for i in range(size.nodes)))
        self._write(os.path.join(load, "2.json"), (objects.service(size, i) for i in range(size.services)))
        fields = objects.managed_fields()
        for first in range(0, size.pods, 1000):
            some = (self._pod(size, i, fields) for i in range(first, min(size.pods, first + 1000)))
            self._write(os.path.join(load, f"3-{first:07}.json"), some)
        say("files written")
        server = self.spawn("apiserver", self.binary, "-port=0", "-load=" + load)
        self.pid = server.pid
        wait_until(lambda: "serving on" in self.log_of("apiserver") or server.poll() is not None, self.name, 600)
        if server.poll() is not None:
            raise RuntimeError(self.log_of("apiserver"))
        write_kubeconfig(self.kubeconfig, self.log_of("apiserver").split("serving on ")[1].split()[0])
        return Cluster(Api(self.kubeconfig), size)

    @staticmethod
    def _pod(size, number, fields):
        pod = objects.pod(size, number)
        pod["metadata"]["managedFields"] = fields
        return pod | {"status": objects.status(size, number)}

    @staticmethod
    def _write(path, items):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"apiVersion": "v1", "kind": "List", "items": list(items)}, file)


class Real(Server):
    """A server whose objects are created through its API."""

    def fill(self, size, say):
        cluster = Cluster(self.api, size)
        cluster.create_namespaces()
        if not self.namespaced:
            each(cluster.create_node, range(size.nodes))
        each(cluster.create_service, range(size.services))
        for first in range(0, size.pods, 2500):
            some = range(first, min(size.pods, first + 2500))
            each(lambda i: cluster.start_pod(i, cluster.create_pod(i)), some)
            say(f"{some.stop:,} of {size.pods:,} pods created")
        return cluster


class Assets(Real):
    """kube-apiserver and etcd from the folder of KUBEBUILDER_ASSETS, with TLS and RBAC."""

    name = "kube-apiserver"

    def __init__(self, directory, assets):
        super().__init__(directory)
        self.assets = assets
        self.api = None

    def __enter__(self):
        path = self.directory
        etcd, peer, port = free_port(), free_port(), free_port()
        self.spawn("etcd", self.assets + "/etcd", "--data-dir=" + path + "/etcd", "--unsafe-no-fsync",
                   f"--listen-client-urls=http://127.0.0.1:{etcd}", f"--advertise-client-urls=http://127.0.0.1:{etcd}",
                   f"--listen-peer-urls=http://127.0.0.1:{peer}", "--quota-backend-bytes=8589934592")
        subprocess.run(["openssl", "genrsa", "-out", path + "/sa.key", "2048"], check=True, stderr=subprocess.DEVNULL)
        with open(path + "/tokens", "w", encoding="utf-8") as tokens:
            tokens.write(f'{ADMIN},admin,1,"system:masters"\n')
        server = self.spawn(
            "apiserver", self.assets + "/kube-apiserver", f"--etcd-servers=http://127.0.0.1:{etcd}",
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", f"--secure-port={port}",
            "--cert-dir=" + path + "/certificates", "--token-auth-file=" + path + "/tokens",
            "--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount",
            "--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=" + path + "/sa.key",
            "--service-account-signing-key-file=" + path + "/sa.key", "--service-cluster-ip-range=10.96.0.0/12",
            "--max-requests-inflight=2000", "--max-mutating-requests-inflight=1000")
        self.pid = server.pid
        certificate = path + "/certificates/apiserver.crt"
        wait_until(lambda: os.path.exists(certificate), self.name)
        write_kubeconfig(self.kubeconfig, f"https://127.0.0.1:{port}", certificate)
        self.api = Api(self.kubeconfig)
        wait_until(self._serves, self.name)
        return self

    def _serves(self):
        try:
            self.api("GET", "/api/v1/namespaces/default")
            return True
        except (OSError, RuntimeError):
            self.api.local.connection = None
            return False


class Existing(Real):
    """The cluster of KUBECONFIG_UNDER_TEST, in a namespace of this run, which is deleted in the end."""

    name = "the cluster of KUBECONFIG_UNDER_TEST"
    namespaced = True

    def __init__(self, directory, kubeconfig):
        super().__init__(directory)
        self.kubeconfig = kubeconfig
        self.api = Api(kubeconfig)
        self.namespace = "bench-" + uuid.uuid4().hex[:8]

    def __exit__(self, *_):
        self.api("DELETE", "/api/v1/namespaces/" + self.namespace)
