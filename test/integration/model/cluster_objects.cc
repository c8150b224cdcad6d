#include "test/integration/model/cluster_objects.h"

#include "lib/kube/timestamp.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <chrono>

namespace k8sm::test {
namespace {

// Writes the members of objects; leaves out empty ones.
class Members {
 public:
  std::string Text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

  // A member that is an object or, without a name, an element of an array.
  template <class Write>
  void Object(const char* name, Write write) {
    if (name != nullptr) writer_.Key(name);
    writer_.StartObject();
    write();
    writer_.EndObject();
  }

  template <class Elements, class Write>
  void Array(const char* name, const Elements& elements, Write write) {
    if (elements.empty()) return;
    writer_.Key(name);
    writer_.StartArray();
    for (const auto& element : elements) write(element);
    writer_.EndArray();
  }

  void Member(const char* name, const std::string& value) {
    if (value.empty()) return;
    writer_.Key(name);
    writer_.String(value);
  }
  void Member(const char* name, int value) {
    if (value == 0) return;
    writer_.Key(name);
    writer_.Int(value);
  }
  void Member(const char* name, bool value) {
    if (!value) return;
    writer_.Key(name);
    writer_.Bool(true);
  }
  void Member(const char* name, const StringMap& map) {
    if (map.empty()) return;
    Object(name, [&] {
      for (const auto& [key, value] : map) {
        writer_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
        writer_.String(value);
      }
    });
  }
  void Member(const char* name, const std::vector<std::string>& strings) {
    Array(name, strings, [&](const std::string& text) { writer_.String(text); });
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

void WriteMetadata(const Metadata& meta, Members& json) {
  json.Object("metadata", [&] {
    json.Member("namespace", meta.ns);
    json.Member("name", meta.name);
    json.Member("uid", meta.uid);
    json.Member("creationTimestamp", meta.created);
    json.Member("labels", meta.labels);
    json.Member("annotations", meta.annotations);
    if (meta.has_finalizer) json.Member("finalizers", std::vector<std::string>{"example.com/hold"});
  });
}

void WriteContainer(const Container& container, Members& json) {
  json.Object(nullptr, [&] {
    json.Member("name", container.name);
    json.Member("image", std::string("image"));
    if (container.kind == ContainerKind::kSidecar) json.Member("restartPolicy", std::string("Always"));
    json.Array("ports", container.ports, [&](const DeclaredPort& port) {
      json.Object(nullptr, [&] {
        json.Member("name", port.name);
        json.Member("containerPort", port.number);
        json.Member("protocol", port.protocol);
        json.Member("hostPort", port.host_port);
        json.Member("hostIP", port.host_ip);
      });
    });
  });
}

void WriteAddresses(const char* name, const std::vector<std::string>& ips, Members& json) {
  json.Array(name, ips, [&](const std::string& ip) { json.Object(nullptr, [&] { json.Member("ip", ip); }); });
}

void WriteConditions(const ModelPod& pod, Members& json) {
  struct Condition {
    std::string type, status, changed;
  };
  std::vector<Condition> conditions;
  if (pod.heartbeats > 0) conditions.push_back({"ContainersReady", "True", Timestamp(pod.heartbeats)});
  if (!pod.ready.empty()) conditions.push_back({"Ready", pod.ready, pod.ready_changed});
  json.Array("conditions", conditions, [&](const Condition& condition) {
    json.Object(nullptr, [&] {
      json.Member("type", condition.type);
      json.Member("status", condition.status);
      json.Member("lastTransitionTime", condition.changed);
    });
  });
}

std::vector<Container> OfKind(const ModelPod& pod, bool main) {
  std::vector<Container> containers;
  for (const Container& container : pod.containers) {
    if ((container.kind == ContainerKind::kMain) == main) containers.push_back(container);
  }
  return containers;
}

void WriteSpec(const ModelPod& pod, Members& json) {
  const auto write = [&](const Container& container) { WriteContainer(container, json); };
  json.Object("spec", [&] {
    json.Array("initContainers", OfKind(pod, false), write);
    json.Array("containers", OfKind(pod, true), write);
    json.Member("hostNetwork", pod.host_network);
    json.Member("nodeName", pod.node);
    json.Member("hostname", pod.hostname);
    json.Member("subdomain", pod.subdomain);
  });
}

void WriteServedPort(const ServedPort& port, Members& json) {
  json.Object(nullptr, [&] {
    json.Member("name", port.name);
    json.Member("port", port.number);
    json.Member("protocol", port.protocol);
    json.Member("targetPort", port.target_name);
    if (port.target_name.empty()) json.Member("targetPort", port.target_number);
    json.Member("appProtocol", port.app_protocol);
  });
}

}  // namespace

std::string ToJson(const ModelPod& pod) {
  Members json;
  json.Object(nullptr, [&] {
    WriteMetadata(pod.meta, json);
    WriteSpec(pod, json);
    json.Object("status", [&] {
      json.Member("phase", pod.phase);
      WriteConditions(pod, json);
      json.Member("hostIP", pod.host_ip);
      WriteAddresses("hostIPs", pod.host_ips, json);
      if (!pod.pod_ips.empty()) json.Member("podIP", pod.pod_ips.front());
      WriteAddresses("podIPs", pod.pod_ips, json);
    });
  });
  return json.Text();
}

std::string ToJson(const ModelService& service) {
  Members json;
  json.Object(nullptr, [&] {
    WriteMetadata(service.meta, json);
    json.Object("spec", [&] {
      json.Member("selector", service.selector);
      json.Array("ports", service.ports, [&](const ServedPort& port) { WriteServedPort(port, json); });
      json.Member("publishNotReadyAddresses", service.publish_not_ready);
      json.Member("trafficDistribution", service.traffic_distribution);
      if (service.external_name) {
        json.Member("type", std::string("ExternalName"));
        json.Member("externalName", std::string("example.com"));
        return;
      }
      if (service.headless) json.Member("clusterIP", std::string("None"));
      json.Member("ipFamilies", service.families);
      json.Member("ipFamilyPolicy",
                  std::string(service.families.size() > 1 ? "RequireDualStack" : "SingleStack"));
    });
  });
  return json.Text();
}

std::string ToJson(const ModelNode& node) {
  Members json;
  Metadata meta = node.meta;
  if (!node.zone.empty()) meta.labels["topology.kubernetes.io/zone"] = node.zone;
  json.Object(nullptr, [&] { WriteMetadata(meta, json); });
  return json.Text();
}

std::string Timestamp(int seconds) {
  constexpr kube::Timestamp kStart = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  return kube::FormatTimestamp(kStart + std::chrono::seconds(seconds));
}

}  // namespace k8sm::test
