// A Kubernetes API server in memory, for tests, benchmarks and demonstrations.
//
// It serves services, pods, endpoints, nodes, namespaces, events, endpointslices and leases the way
// kube-apiserver 1.36, or an older one, does: typed objects with defaulting and validation, optimistic
// concurrency, status subresources, graceful deletion, paged lists, watches with bookmarks and streaming
// lists, discovery and tables for kubectl. It keeps no managedFields, knows no server-side apply and no
// protobuf. It can be told to have faults (fault_rule.h).

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
  // 0: any free port.
  std::uint16_t port = 0;
  // Where it has a certificate, HTTPS is served. Where it has authorities of client certificates, those
  // without a good one need a token.
  http_server::TlsOptions tls;
  // Where there are any, requests without one of these bearer tokens, or a client certificate, are answered
  // with 401.
  Tokens tokens;
  // Where set, faults and tokens are told to this port of the address, over plain HTTP (control_handler.h);
  // 0: any free one.
  std::optional<std::uint16_t> control_port;
  // How many events of each resource a watch can resume from; older ones are answered with 410.
  std::size_t history = 10'000;
  // The Kubernetes version that it behaves as: "1.1", "1.5", "1.20" or "1.36" (emulation.h).
  std::string emulate = "1.36";
  // resourceVersions begin after it; 0: after the wall clock in microseconds, so that they grow across
  // restarts.
  std::uint64_t first_version = 0;
};

// Everything runs on the executor's single thread; nothing here blocks except Load.
class ApiServer {
 public:
  // REQUIRES: options.emulate is one of the versions that it names.
  ApiServer(asio::any_io_executor executor, ApiServerOptions options);
  // REQUIRES: Join() has returned, or the server was never started, or its io_context has stopped for good.
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  // Listens and serves from the next turn of the loop on; returns the port. May be called again after
  // Stop(), and then takes the same port; objects and history stay. kInvalidConfig for an address that does
  // not parse or certificates that cannot be used, kUnavailable where it cannot be listened on. REQUIRES: it
  // is not started.
  Result<std::uint16_t> Start();

  // Stops listening and cuts every connection, at once.
  void Stop();

  // Returns when the last connection is gone. REQUIRES: Stop() has been called.
  Awaitable<void> Join();

  // "http://127.0.0.1:8001" once started, the control port's too, where there is one.
  std::string Url() const;
  std::string ControlUrl() const;

  // Stores every object of the .yaml, .yml and .json files under `directory`, in the order of their paths,
  // with their status, replacing what exists; namespaces that are named but missing are created.
  // kMalformed or kRejected, naming file and document, at the first that cannot be stored; those before it
  // stay.
  Result<void> Load(const std::string& directory);

  // Answers one request without HTTP around it, faults included as far as they are not about bytes; a watch
  // is answered with a 200 and a Response::watch.
  Response Handle(const Request& request);

  // What it can do, as the version that it behaves as.
  const Features& features() const;

  // The faults that it has; none at first.
  Faults& faults();

  // From now on these tokens are good, and no others. Requests that have been let in go on.
  void SetTokens(Tokens tokens);

  // The store without HTTP and its faults, for tests: `resource` is the plural ("pods"), `ns` empty outside
  // namespaces, objects are JSON text. They are defaulted, validated and seen by watches like any other
  // write, and their errors are those of the API (kNotFound, kConflict, ...), but a status is stored with its
  // object and the requests are not counted. An older version drops and shows what it does over HTTP.

  // Returns the object as stored. The namespace is created where it is missing.
  Result<std::string> Create(std::string_view resource, std::string_view ns, std::string_view object);
  // Replaces spec and status. Conditional where the object names a resourceVersion.
  Result<std::string> Update(std::string_view resource, std::string_view ns, std::string_view object);
  // Deletes at once, without grace; finalizers still hold the object.
  Result<void> Delete(std::string_view resource, std::string_view ns, std::string_view name);
  Result<std::string> Get(std::string_view resource, std::string_view ns, std::string_view name) const;
  // Of every namespace where `ns` is empty, in the order of namespace and name.
  Result<std::vector<std::string>> List(std::string_view resource, std::string_view ns) const;

  // The resourceVersion of the newest write.
  std::uint64_t ResourceVersion() const;
  // Of the newest write of this resource that is remembered, in that namespace alone unless `ns` is empty; 0:
  // none. kNotFound for a resource that there is not.
  Result<std::uint64_t> ResourceVersion(std::string_view resource, std::string_view ns) const;

  // Forgets the history: a watch or a continue token from before now is answered with 410. Watches that are
  // under way go on.
  void Compact();

  // What was asked over HTTP or Handle() so far.
  RequestLog& requests();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_API_SERVER_H_
