// What those who change a cluster have in common.

#ifndef K8SM_TEST_INTEGRATION_MODEL_HAPPENING_H_
#define K8SM_TEST_INTEGRATION_MODEL_HAPPENING_H_

#include <string>
#include <utility>
#include <vector>

namespace k8sm::test {

// A namespace, empty for nodes, and a name.
using Name = std::pair<std::string, std::string>;

// "shop/web", "node-1"
inline std::string ToText(const Name& name) {
  return name.first.empty() ? name.second : name.first + "/" + name.second;
}

inline const std::vector<std::string> kNamespaces = {"back", "shop"};
inline const std::vector<std::string> kServiceNames = {"api", "db", "dns", "web"};
// Where somebody puts Endpoints and slices: for all services, and for none.
inline const std::vector<std::string> kEndpointsNames = {"alone", "api", "db", "dns", "web"};

// One change.
struct Happening {
  // "change pod shop/pod-1: ready True"
  std::string text;
  // The services whose Endpoints or slices are not as our controller has left them any more.
  std::vector<Name> upset;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_HAPPENING_H_
