// Paths and queries of the Kubernetes API.

#ifndef K8SM_LIB_CLIENT_API_PATH_H_
#define K8SM_LIB_CLIENT_API_PATH_H_

#include <string>
#include <string_view>

namespace k8sm::client {

// A resource type of the API.
struct Resource {
  std::string prefix;  // "/api/v1" or "/apis/GROUP/VERSION"
  std::string plural;
  std::string kind;
};

inline const Resource kPods{"/api/v1", "pods", "Pod"};
inline const Resource kServices{"/api/v1", "services", "Service"};
inline const Resource kEndpoints{"/api/v1", "endpoints", "Endpoints"};
inline const Resource kEvents{"/api/v1", "events", "Event"};
inline const Resource kNodes{"/api/v1", "nodes", "Node"};
inline const Resource kLeases{"/apis/coordination.k8s.io/v1", "leases", "Lease"};
inline const Resource kEndpointSlices{"/apis/discovery.k8s.io/v1", "endpointslices", "EndpointSlice"};

// Returns "/api/v1/namespaces/NS/pods", or "/api/v1/pods" for all namespaces if `ns` is empty.
std::string CollectionPath(const Resource& resource, std::string_view ns);

// Returns "/api/v1/namespaces/NS/pods/NAME"; without the namespace if `ns` is empty.
std::string ObjectPath(const Resource& resource, std::string_view ns, std::string_view name);

// Encodes everything except RFC 3986's unreserved characters as %XX.
std::string PercentEncode(std::string_view text);

// Builds "?limit=500&continue=...". Names are used as given, values are percent-encoded.
class QueryBuilder {
 public:
  // Appends one parameter. Returns *this.
  QueryBuilder& Add(std::string_view name, std::string_view value);
  // The query with its question mark; empty if there are no parameters.
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_API_PATH_H_
