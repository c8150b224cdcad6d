// Loads the cluster states of test/golden/cases and test/golden/random together with the expected Endpoints
// and EndpointSlices. test/golden/README.md describes the format.

#ifndef K8SM_TEST_SUPPORT_GOLDEN_H_
#define K8SM_TEST_SUPPORT_GOLDEN_H_

#include "lib/kube/endpoints.h"
#include "lib/kube/label_map.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::test {

struct ExpectedAddress {
  std::string ip;
  std::string node_name;
  std::string hostname;  // empty: none
  std::string pod;       // the name in targetRef
  friend bool operator==(const ExpectedAddress&, const ExpectedAddress&) = default;
};

struct ExpectedSubset {
  std::vector<ExpectedAddress> addresses;
  std::vector<ExpectedAddress> not_ready_addresses;
  std::vector<kube::EndpointPort> ports;
};

struct ExpectedSkip {
  std::string pod;
  std::string service_port;  // name, or number if it has no name
  std::string reason;
  friend bool operator==(const ExpectedSkip&, const ExpectedSkip&) = default;
};

// The order of all lists is insignificant.
struct ExpectedService {
  // Of the Endpoints; without the label endpoints.kubernetes.io/managed-by and the annotation
  // endpoints.kubernetes.io/last-change-trigger-time.
  kube::LabelMap labels;
  kube::LabelMap annotations;
  std::vector<ExpectedSubset> subsets;
  // In host-port mode.
  std::vector<ExpectedSkip> skipped;
  // The expected EndpointSlices, as JSON text.
  std::string slices_json;
};

// By service name; nullopt: the service must be left alone.
using Expectation = std::map<std::string, std::optional<ExpectedService>>;

struct GoldenNode {
  std::string name;
  std::string ip;
  std::string ip6;
  std::string zone;
};

struct GoldenCase {
  std::string name;  // file name without .json
  std::string about;
  std::string ns;  // of all objects
  std::vector<GoldenNode> nodes;

  std::vector<kube::Pod> pods;
  std::vector<kube::Service> services;
  // Endpoints that exist before the controller starts.
  std::vector<kube::Endpoints> existing_endpoints;

  // The same objects in the same order as JSON text, to be stored in a server.
  std::vector<std::string> pods_json;
  std::vector<std::string> services_json;
  std::vector<std::string> existing_endpoints_json;

  Expectation host_port;
  Expectation pod_ip;
};

// Returns all cases, sorted by name. Throws std::runtime_error, naming the file, if a file does not follow
// the format.
std::vector<GoldenCase> LoadGoldenCases();

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_GOLDEN_H_
