// An in-memory Kubernetes API server for tests, benchmarks and demonstrations.
//
// It serves services, pods, endpoints, nodes, namespaces, events, endpointslices and leases the way
// kube-apiserver 1.36, or an older version, does: typed objects with defaulting and validation, optimistic
// concurrency, status subresources, graceful deletion, paged lists, watches with bookmarks and streaming
// lists, discovery, tables for kubectl, and protobuf in responses with some kinds of objects. It does not
// implement managedFields, server-side apply or requests in protobuf. Faults can be injected (fault_rule.h).

#ifndef K8SM_TEST_APISERVER_API_SERVER_H_
#define K8SM_TEST_APISERVER_API_SERVER_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/http_server/tls.h"
#include "test/apiserver/authenticator.h"
#include "test/apiserver/faults.h"
#include "test/apiserver/http_message.h"
#include "test/apiserver/request_log.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

struct Features;  // emulation.h

struct ApiServerOptions {
  std::string address = "127.0.0.1";
  // 0: a free port chosen by the kernel.
  std::uint16_t port = 0;
  // With a certificate, HTTPS is served. With client CAs, a client must present a certificate they issued, or
  // a token.
  http_server::TlsOptions tls;
  // If not empty, requests without one of these bearer tokens or a client certificate are answered with 401.
  Tokens tokens;
  // If set, faults and tokens can be changed over plain HTTP on this port of `address` (control_handler.h);
  // 0: a free port chosen by the kernel.
  std::optional<std::uint16_t> control_port;
  // How many events of each resource are kept. A watch from an older version is answered with 410.
  std::size_t history = 10'000;
  // The Kubernetes version to emulate: "1.1", "1.5", "1.20" or "1.36" (emulation.h).
  std::string emulate = "1.36";
  // The first resourceVersion is one more than this; 0: the wall clock in microseconds, so that versions grow
  // across restarts.
  std::uint64_t first_version = 0;
};

// Runs on the executor's single thread. Nothing blocks except Load().
class ApiServer {
 public:
  // REQUIRES: options.emulate is one of the listed versions.
  ApiServer(asio::any_io_executor executor, ApiServerOptions options);
  // REQUIRES: Join() has returned, the server was never started, or its io_context has stopped.
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  // Listens, and serves from the next turn of the loop on; returns the port. May be called again after Stop()
  // and then listens on the same port; objects and history are kept. Errors: kInvalidConfig for an address
  // that does not parse or certificates that cannot be used, kUnavailable if the address cannot be listened
  // on. REQUIRES: not started.
  Result<std::uint16_t> Start();

  // Stops listening and closes every connection at once.
  void Stop();

  // Returns when the last connection is closed. REQUIRES: Stop() has been called.
  Awaitable<void> Join();

  // Returns e.g. "http://127.0.0.1:8001", the URL of the API and of the control port. REQUIRES: started; for
  // ControlUrl() with a control port.
  std::string Url() const;
  std::string ControlUrl() const;

  // Stores every object of the .yaml, .yml and .json files under `directory`, in path order, including
  // status. Replaces existing objects and creates missing namespaces. Errors: kMalformed or kRejected, naming
  // file and document, for the first object that cannot be stored; the objects before it stay stored.
  Result<void> Load(const std::string& directory);

  // Handles one request without HTTP. Faults apply except those about bytes. A watch returns 200 with
  // Response::watch set.
  Response Handle(const Request& request);

  // What it can do, as the version that it emulates.
  const Features& features() const;

  // The injected faults; none at first.
  Faults& faults();

  // Replaces the accepted tokens. Requests that were already admitted continue.
  void SetTokens(Tokens tokens);

  // Direct access to the store for tests, without HTTP and faults. `resource` is the plural ("pods"), `ns` is
  // empty for cluster-scoped resources, objects are JSON text. Objects are defaulted, validated and delivered
  // to watches like other writes, and errors are those of the API (kNotFound, kConflict, ...), but a status
  // is stored together with its object and the requests are not logged.
  //
  // An older version drops and returns what it does over HTTP.

  // Returns the object as stored. The namespace is created where it is missing.
  Result<std::string> Create(std::string_view resource, std::string_view ns, std::string_view object);
  // Replaces spec and status, conditionally if the object has a resourceVersion.
  Result<std::string> Update(std::string_view resource, std::string_view ns, std::string_view object);
  // Deletes without a grace period. Finalizers still keep the object.
  Result<void> Delete(std::string_view resource, std::string_view ns, std::string_view name);
  Result<std::string> Get(std::string_view resource, std::string_view ns, std::string_view name) const;
  // Lists all namespaces if `ns` is empty. Sorted by namespace and name.
  Result<std::vector<std::string>> List(std::string_view resource, std::string_view ns) const;

  // The resourceVersion of the last write.
  std::uint64_t ResourceVersion() const;
  // The resourceVersion of the last write of this resource in the history, in all namespaces if `ns` is
  // empty; 0 if there is none. kNotFound for an unknown resource.
  Result<std::uint64_t> ResourceVersion(std::string_view resource, std::string_view ns) const;

  // Discards the history: a watch or continue token from before this call is answered with 410. Open watches
  // continue.
  void Compact();

  // The requests received over HTTP and Handle() so far.
  RequestLog& requests();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_API_SERVER_H_
