// Builders for pods and services, so that a test states only what matters to it:
//
//   MakePod("a").Ready().Port({.number = 8080, .host_port = 31080})
//   MakeService("web").Port({.target = 8080})
//
// The defaults are ordinary objects in namespace "default" that match by the label app=web. The pod runs on
// node-1 (10.0.0.11), has the IP 172.17.0.11 and is not ready.

#ifndef K8SM_TEST_SUPPORT_BUILDERS_H_
#define K8SM_TEST_SUPPORT_BUILDERS_H_

#include "lib/base/compact_vector.h"
#include "lib/kube/pod.h"
#include "lib/kube/ports.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace k8sm::test {

// The default creation time: 2026-01-01T00:00:00Z.
inline constexpr kube::Timestamp kEpoch = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

inline kube::IpList Ips(std::initializer_list<const char*> texts) {
  kube::IpList ips;
  for (const char* text : texts) ips.push_back(kube::Symbol(text));
  return ips;
}

class PodBuilder {
 public:
  struct PortSpec {
    std::int32_t number = 8080;
    std::string name;
    std::int32_t host_port = 0;
    kube::Protocol protocol = kube::Protocol::kTcp;
    std::string host_ip;
    std::string container = "main";
  };

  explicit PodBuilder(const std::string& name) {
    pod_.meta.ns = kube::Symbol("default");
    pod_.meta.name = kube::Symbol(name);
    pod_.meta.uid = kube::Uid("uid-" + name);
    pod_.meta.creation_timestamp = kEpoch;
    pod_.phase = kube::PodPhase::kRunning;
    Label("app", "web");
    On("node-1", "10.0.0.11");
    PodIps({"172.17.0.11"});
  }

  PodBuilder& Namespace(const std::string& ns) { return Set(pod_.meta.ns, kube::Symbol(ns)); }
  PodBuilder& Label(const std::string& key, const std::string& value) {
    pod_.meta.labels.Set(kube::Symbol(key), kube::Symbol(value));
    return *this;
  }
  PodBuilder& Annotation(const std::string& key, const std::string& value) {
    pod_.meta.annotations.Set(kube::Symbol(key), kube::Symbol(value));
    return *this;
  }
  // The creation time relative to kEpoch.
  PodBuilder& CreatedAt(std::chrono::seconds offset) {
    return Set(pod_.meta.creation_timestamp, kube::OptionalTimestamp(kEpoch + offset));
  }
  PodBuilder& Terminating() { return Set(pod_.meta.deletion_timestamp, kube::OptionalTimestamp(kEpoch)); }

  // Sets the node and the pod's host IP.
  PodBuilder& On(const std::string& node, const char* host_ip) {
    pod_.node_name = kube::Symbol(node);
    pod_.host_ip = kube::Symbol(host_ip);
    return HostIps({host_ip});
  }
  PodBuilder& HostIps(std::initializer_list<const char*> ips) { return Set(pod_.host_ips, Ips(ips)); }
  PodBuilder& PodIps(std::initializer_list<const char*> ips) { return Set(pod_.pod_ips, Ips(ips)); }
  // Makes the pod unscheduled: no node and no addresses.
  PodBuilder& Unscheduled() {
    pod_.node_name = pod_.host_ip = kube::Symbol();
    pod_.host_ips.clear();
    pod_.pod_ips.clear();
    return Phase(kube::PodPhase::kPending);
  }
  PodBuilder& HostNetwork() { return Set(pod_.host_network, true); }
  PodBuilder& Hostname(const std::string& hostname, const std::string& subdomain) {
    pod_.hostname = kube::Symbol(hostname);
    pod_.subdomain = kube::Symbol(subdomain);
    return *this;
  }

  PodBuilder& Phase(kube::PodPhase phase) { return Set(pod_.phase, phase); }
  PodBuilder& Ready(bool ready = true) { return Set(pod_.ready, ready); }
  // The last transition of the Ready condition, relative to kEpoch.
  PodBuilder& ReadyChangedAt(std::chrono::seconds offset) {
    return Set(pod_.ready_transition, kube::OptionalTimestamp(kEpoch + offset));
  }

  PodBuilder& Port(const PortSpec& port) {
    pod_.ports.push_back({.container = kube::Symbol(port.container),
                          .name = kube::Symbol(port.name),
                          .host_ip = kube::Symbol(port.host_ip),
                          .container_port = port.number,
                          .host_port = port.host_port,
                          .protocol = port.protocol});
    return *this;
  }

  operator kube::Pod() const { return pod_; }  // NOLINT(google-explicit-constructor): that is its purpose

 private:
  template <class T>
  PodBuilder& Set(T& field, T value) {
    field = std::move(value);
    return *this;
  }

  kube::Pod pod_;
};

inline PodBuilder MakePod(const std::string& name) {
  return PodBuilder(name);
}

class ServiceBuilder {
 public:
  struct PortSpec {
    std::string name;
    std::int32_t number = 80;
    std::variant<std::int32_t, std::string> target = 8080;
    kube::Protocol protocol = kube::Protocol::kTcp;
    std::string app_protocol;  // empty: none
  };

  explicit ServiceBuilder(const std::string& name) {
    service_.meta.ns = kube::Symbol("default");
    service_.meta.name = kube::Symbol(name);
    service_.meta.uid = kube::Uid("uid-" + name);
    service_.meta.creation_timestamp = kEpoch;
    service_.cluster_ip = kube::Symbol("10.96.0.1");
    service_.ip_families = {kube::IpFamily::kIPv4};
    service_.selector.Set(kube::Symbol("app"), kube::Symbol("web"));
  }

  ServiceBuilder& Namespace(const std::string& ns) {
    service_.meta.ns = kube::Symbol(ns);
    return *this;
  }
  ServiceBuilder& Label(const std::string& key, const std::string& value) {
    service_.meta.labels.Set(kube::Symbol(key), kube::Symbol(value));
    return *this;
  }
  // Replaces the selector.
  ServiceBuilder& Selector(kube::LabelMap selector) {
    service_.selector = std::move(selector);
    return *this;
  }
  ServiceBuilder& CreatedAt(std::chrono::seconds offset) {
    service_.meta.creation_timestamp = kEpoch + offset;
    return *this;
  }
  ServiceBuilder& ExternalName() {
    service_.external_name = true;
    return ClusterIp("");
  }
  ServiceBuilder& ClusterIp(const std::string& ip) {
    service_.cluster_ip = kube::Symbol(ip);
    return *this;
  }
  ServiceBuilder& Headless() { return ClusterIp("None"); }
  ServiceBuilder& Families(std::vector<kube::IpFamily> families) {
    service_.ip_families = std::move(families);
    return *this;
  }
  ServiceBuilder& PublishNotReadyAddresses() {
    service_.publish_not_ready_addresses = true;
    return *this;
  }

  ServiceBuilder& Port(const PortSpec& port) {
    kube::ServicePort& added = service_.ports.emplace_back();
    added.name = kube::Symbol(port.name);
    added.protocol = port.protocol;
    added.port = port.number;
    if (const auto* name = std::get_if<std::string>(&port.target)) {
      added.target_port = kube::Symbol(*name);
    } else {
      added.target_port = std::get<std::int32_t>(port.target);
    }
    if (!port.app_protocol.empty()) added.app_protocol = kube::Symbol(port.app_protocol);
    return *this;
  }

  operator kube::Service() const {
    return service_;
  }  // NOLINT(google-explicit-constructor): that is its purpose

 private:
  kube::Service service_;
};

inline ServiceBuilder MakeService(const std::string& name) {
  return ServiceBuilder(name);
}

// Returns pointers as planners take them; valid while `pods` is unchanged.
inline std::vector<const kube::Pod*> PointersTo(const std::vector<kube::Pod>& pods) {
  std::vector<const kube::Pod*> pointers;
  for (const kube::Pod& pod : pods) pointers.push_back(&pod);
  return pointers;
}

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_BUILDERS_H_
