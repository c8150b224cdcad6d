// Common parts of the classes that change a cluster.

#ifndef K8SM_TEST_INTEGRATION_MODEL_HAPPENING_H_
#define K8SM_TEST_INTEGRATION_MODEL_HAPPENING_H_

#include <string>
#include <utility>
#include <vector>

namespace k8sm::test {

// A namespace (empty for nodes) and a name.
using Name = std::pair<std::string, std::string>;

// Returns e.g. "shop/web" or "node-1".
inline std::string ToText(const Name& name) {
  return name.first.empty() ? name.second : name.first + "/" + name.second;
}

inline const std::vector<std::string> kNamespaces = {"back", "shop"};
inline const std::vector<std::string> kServiceNames = {"api", "db", "dns", "web"};
// Names of Endpoints and slices that are written: those of all services, and one without a service.
inline const std::vector<std::string> kEndpointsNames = {"alone", "api", "db", "dns", "web"};

// One change to the cluster.
struct Happening {
  // A description: "change pod shop/pod-1: ready True".
  std::string text;
  // The services whose Endpoints or slices no longer are as the controller left them.
  std::vector<Name> upset;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_HAPPENING_H_
