"""A client of the API server under test: JSON over a connection for each thread."""

import base64
import http.client
import json
import ssl
import subprocess
import tempfile
import threading
import urllib.parse

SLICES = "/apis/discovery.k8s.io/v1"


class Api:
    """The cluster of a kubeconfig's current context."""

    def __init__(self, kubeconfig):
        text = subprocess.run(["kubectl", "--kubeconfig", kubeconfig, "config", "view", "--minify", "--flatten", "--raw",
                               "--output=json"], check=True, stdout=subprocess.PIPE).stdout
        config = json.loads(text)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0].get("user") or {}
        self.url = urllib.parse.urlparse(cluster["server"])
        self.token = user.get("token")
        self.tls = self._tls(cluster, user) if self.url.scheme == "https" else None
        self.local = threading.local()

    @staticmethod
    def _tls(cluster, user):
        authorities = base64.b64decode(cluster.get("certificate-authority-data", "")).decode()
        context = ssl.create_default_context(cadata=authorities or None)
        if cluster.get("insecure-skip-tls-verify"):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if "client-certificate-data" in user:
            with tempfile.NamedTemporaryFile() as pair:
                for part in ("client-certificate-data", "client-key-data"):
                    pair.write(base64.b64decode(user[part]) + b"\n")
                pair.flush()
                context.load_cert_chain(pair.name)
        return context

    def _connect(self):
        if self.tls is None:
            return http.client.HTTPConnection(self.url.netloc, timeout=300)
        return http.client.HTTPSConnection(self.url.netloc, timeout=300, context=self.tls)

    def _send(self, connection, method, path, body, kind):
        headers = {"Content-Type": kind, "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {response.read(500).decode()}")
        return response

    def __call__(self, method, path, body=None, kind="application/json"):
        """The response's object. Raises RuntimeError if the server refuses."""
        kept = getattr(self.local, "connection", None)
        try:
            if kept is not None:
                return json.loads(self._send(kept, method, path, body, kind).read())
        except (http.client.RemoteDisconnected, BrokenPipeError):  # closed while it was idle
            pass
        connection = self.local.connection = self._connect()
        return json.loads(self._send(connection, method, path, body, kind).read())

    def watch(self, collection):
        """The lines of a watch from now on, each an event in JSON, on a connection of its own, until it ends."""
        version = self("GET", collection + "?limit=1")["metadata"]["resourceVersion"]
        query = f"?watch=true&timeoutSeconds=3600&resourceVersion={version}"
        return self._send(self._connect(), "GET", collection + query, None, "application/json")
