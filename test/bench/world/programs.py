"""The controllers that are measured, as processes."""

import dataclasses
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

from world.servers import free_port

QUIET_SECONDS = 2
POLL_SECONDS = 0.1
ACTIVE_SHARE = 0.03  # of the CPU time of a core; less is no activity


def cpu_seconds(pid):
    """The CPU time of all threads of a process, from its own clock (CLOCK_PROCESS_CPUTIME_ID of `pid`)."""
    return time.clock_gettime(~pid << 3 | 2)


def memory_mb(pid, what):
    """VmHWM, the peak, or VmRSS, from /proc."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(re.search(rf"{what}:\s*(\d+) kB", status.read()).group(1)) / 1024


def received_and_sent_mb(pid):
    """The traffic of the process's open TCP connections, including TLS and HTTP; None without `ss`."""
    try:
        text = subprocess.run(["ss", "-tinpHO"], check=True, stdout=subprocess.PIPE, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    lines = [line for line in text.splitlines() if f"pid={pid}," in line]
    return [sum(int(count) for line in lines for count in re.findall(rf"{what}:(\d+)", line)) / 1e6
            for what in ("bytes_received", "bytes_sent")]


@dataclasses.dataclass
class Usage:
    """The usage of a process at some time."""

    at: float
    cpu: float
    server_cpu: float  # of the API server; None if it runs elsewhere


class Program:
    """A controller that runs until stop()."""

    def __init__(self, name, command, server, log):
        self.name = name
        self.server = server
        self.begin = Usage(time.monotonic(), 0, self._server_cpu())
        with open(log, "w", encoding="utf-8") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=file)
        self.pid = self.process.pid

    def _server_cpu(self):
        return cpu_seconds(self.server.pid) if self.server.pid else None

    def usage(self):
        return Usage(time.monotonic(), cpu_seconds(self.pid), self._server_cpu())

    def settle(self, busy, patience=600):
        """Waits until it has used no CPU time for QUIET_SECONDS; returns its usage before that.

        busy() says whether it certainly has work left.
        """
        last_active = previous = self.usage()
        deadline = time.monotonic() + patience
        while previous.at < last_active.at + QUIET_SECONDS or busy():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} has ended with {self.process.returncode}")
            if previous.at > deadline:
                raise RuntimeError(f"{self.name} is not at rest after {patience} s")
            time.sleep(POLL_SECONDS)
            now = self.usage()
            if now.cpu - previous.cpu > ACTIVE_SHARE * (now.at - previous.at):
                last_active = now
            previous = now
        return last_active

    def requests(self):
        """Requests by verb since the start; empty if it does not report them."""
        return {}

    def probe(self):
        """Begins to measure how long its loop is blocked, which costs it CPU time. None if it serves nothing."""
        return None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Controller(Program):
    """k8sm-controller-manager, whose metrics count the requests."""

    def __init__(self, name, binary, server, size, options, directory):
        self.port = free_port()
        command = [binary, "-kubeconfig=" + server.kubeconfig, "-leader_elect=false", "-kube_api_qps=0",
                   f"-port={self.port}", "-host_port_endpoints=" + str(options.mode == "host_port").lower()]
        if server.namespaced:
            command.append("-namespace=" + size.namespaces[0])
        self.log = os.path.join(directory, "program.log")
        super().__init__(name, command + options.flags.split(), server, self.log)

    def probe(self):
        script = os.path.join(os.path.dirname(__file__), "probe.py")
        return subprocess.Popen([sys.executable, script, str(self.port)], stdout=subprocess.PIPE, text=True)

    def synced(self):
        with open(self.log, encoding="utf-8") as log:
            return "caches synced" in log.read()

    def requests(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as page:
            text = page.read().decode()
        counts = {}
        for labels, count in re.findall(r"^rest_client_requests_total\{(.*)\} (\d+)", text, re.MULTILINE):
            verb = re.search(r'(?:method|verb)="(\w+)"', labels).group(1)
            counts[verb] = counts.get(verb, 0) + int(count)
        return counts


class Upstream(Program):
    """The two controllers of kube-controller-manager."""

    def __init__(self, name, binary, server, directory):
        command = [binary, "--kubeconfig=" + server.kubeconfig, "--leader-elect=false", "--secure-port=0",
                   "--controllers=endpoints-controller,endpointslice-controller", "--kube-api-qps=100000",
                   "--kube-api-burst=100000"]
        super().__init__(name, command, server, os.path.join(directory, "program.log"))

    def synced(self):
        return time.monotonic() > self.begin.at + 5
