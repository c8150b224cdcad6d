// What an API server can do, as far as it depends on its version.

#ifndef K8SM_LIB_CLIENT_SERVER_CAPABILITIES_H_
#define K8SM_LIB_CLIENT_SERVER_CAPABILITIES_H_

#include "lib/base/error.h"

#include <string>
#include <string_view>

namespace k8sm::client {

struct ServerCapabilities {
  // Both 0 where the server does not say: one built from a source tree names none.
  int major = 0;
  int minor = 0;
  std::string git_version;  // as given, fit for the log; empty: not told

  bool leases = false;          // coordination.k8s.io/v1, since 1.14
  bool slices = false;          // discovery.k8s.io/v1, since 1.21
  bool slices_v1beta1 = false;  // 1.17 to 1.24
  // Whether it may be asked to stream lists: since 1.27 a server that won't says so. One before takes the
  // request for a plain watch and never sends the bookmark that marks the list's end.
  bool streaming_lists = false;
  // What Endpoints can hold; what a server does not know of an object it drops without a word.
  bool stores_node_name = false;     // of addresses, since 1.4
  bool stores_app_protocol = false;  // of ports, since 1.19

  friend bool operator==(const ServerCapabilities&, const ServerCapabilities&) = default;
};

// From the answers to GET /version and /apis. A version that can't be read (or an empty answer: the request
// was refused) counts as not told; then the groups that are served bound it from below. kMalformed where the
// groups can't be read.
Result<ServerCapabilities> ReadCapabilities(std::string_view version, std::string_view apis);

// For the log: "Kubernetes 1.1 (v1.1.8), which lacks leases, EndpointSlices, streaming lists".
std::string Describe(const ServerCapabilities& server);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_SERVER_CAPABILITIES_H_
