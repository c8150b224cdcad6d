// Version-dependent features of an API server.

#ifndef K8SM_LIB_CLIENT_SERVER_CAPABILITIES_H_
#define K8SM_LIB_CLIENT_SERVER_CAPABILITIES_H_

#include "lib/base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace k8sm::client {

struct ServerCapabilities {
  // Both 0 if the server does not report a version, as one built from a source tree does not.
  int major = 0;
  int minor = 0;
  std::string git_version;  // as reported, made printable; empty if not reported

  bool leases = false;          // coordination.k8s.io/v1, since 1.14
  bool slices = false;          // discovery.k8s.io/v1, since 1.21
  bool slices_v1beta1 = false;  // 1.17 to 1.24
  // Whether streaming lists may be requested. Since 1.27 a server that does not support them rejects the
  // request; an older one treats it as a plain watch and never sends the bookmark that ends the list.
  bool streaming_lists = false;
  bool protobuf = false;       // since 1.3
  bool metadata_only = false;  // PartialObjectMetadata (meta.k8s.io/v1), since 1.15
  // Fields of Endpoints that the server stores; it silently drops unknown fields.
  bool stores_node_name = false;     // addresses[].nodeName, since 1.4
  bool stores_app_protocol = false;  // ports[].appProtocol, since 1.19

  friend bool operator==(const ServerCapabilities&, const ServerCapabilities&) = default;
};

// Derives the capabilities from the responses to GET /version and /apis. A version that is empty (e.g.
// because the request was refused) or cannot be parsed counts as not reported; then the served groups give a
// lower bound. Fails with kMalformed if the groups cannot be parsed.
Result<ServerCapabilities> ReadCapabilities(std::string_view version, std::string_view apis);

// A group version that servers of this release serve unless it was switched off, and that this one does not
// list; and the capability that it is.
struct MissingGroup {
  std::string_view group_version;  // "discovery.k8s.io/v1"
  bool ServerCapabilities::*served;
};

// An API server that has just started answers /apis before it knows all of its groups (kube-aggregator's
// apisHandler lists what its informer has seen), but serves each group from the start. Empty if the server
// does not report a version.
std::vector<MissingGroup> MissingGroups(const ServerCapabilities& server);

// For the log: "Kubernetes 1.1 (v1.1.8), which lacks leases, EndpointSlices, streaming lists".
std::string Describe(const ServerCapabilities& server);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_SERVER_CAPABILITIES_H_
