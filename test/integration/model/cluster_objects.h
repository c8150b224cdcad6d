// Model objects of pods, services and nodes, and their JSON for the API server.

#ifndef K8SM_TEST_INTEGRATION_MODEL_CLUSTER_OBJECTS_H_
#define K8SM_TEST_INTEGRATION_MODEL_CLUSTER_OBJECTS_H_

#include <map>
#include <string>
#include <vector>

namespace k8sm::test {

using StringMap = std::map<std::string, std::string>;

// Empty members are omitted from the JSON, here and below.
struct Metadata {
  std::string ns;
  std::string name;
  std::string uid;
  std::string created;  // a timestamp
  StringMap labels;
  StringMap annotations;
  bool has_finalizer = false;
  // Deletion was requested but a finalizer or the grace period delays it. Not part of the JSON.
  bool deleting = false;
};

struct DeclaredPort {
  std::string name;
  int number = 0;
  std::string protocol = "TCP";
  int host_port = 0;
  std::string host_ip;
};

enum class ContainerKind { kMain, kInit, kSidecar };

struct Container {
  ContainerKind kind = ContainerKind::kMain;
  std::string name;
  std::vector<DeclaredPort> ports;
};

struct ModelPod {
  Metadata meta;
  std::vector<Container> containers;
  bool host_network = false;
  std::string node;
  std::string hostname;
  std::string subdomain;

  std::string phase = "Running";
  std::string ready;  // the condition's status
  std::string ready_changed;
  std::string host_ip;
  std::vector<std::string> host_ips;
  std::vector<std::string> pod_ips;
  int heartbeats = 0;  // updates of a condition that does not affect endpoints
};

struct ServedPort {
  std::string name;
  int number = 0;
  std::string protocol = "TCP";
  std::string target_name;
  int target_number = 0;  // if there is no name; 0: the service port's number
  std::string app_protocol;
};

struct ModelService {
  Metadata meta;
  bool external_name = false;
  bool headless = false;
  std::vector<std::string> families;
  StringMap selector;
  std::vector<ServedPort> ports;
  bool publish_not_ready = false;
  std::string traffic_distribution;
};

struct ModelNode {
  Metadata meta;
  std::string zone;
};

std::string ToJson(const ModelPod& pod);
std::string ToJson(const ModelService& service);
std::string ToJson(const ModelNode& node);

// Returns e.g. "2026-01-01T00:00:07Z" for 7.
std::string Timestamp(int seconds);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_CLUSTER_OBJECTS_H_
