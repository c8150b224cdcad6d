#include "controller/port_space/state_pages.h"

#include "controller/inspect/json_steps.h"
#include "controller/inspect/page_parts.h"
#include "lib/base/printable.h"
#include "lib/kube/timestamp.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using http_server::Page;
using http_server::PageRequest;

constexpr std::string_view kAttributeLabel = "k8s.mesosphere.io/attribute-";

std::string Text(std::string_view text) {
  return Quoted(text, std::string::npos);
}

// Mesos' form: {"ports":"[31000-31004, 31006-31006]"}.
std::string Resources(const ports::PortSet& set) {
  if (set.empty()) return "{}";
  std::string ranges;
  for (const ports::Range& range : set.ranges()) {
    ranges += (ranges.empty() ? "[" : ", ") + std::to_string(range.begin) + "-" + std::to_string(range.end);
  }
  return JsonObject().Text("ports", ranges + "]").Done();
}

std::string AgentJson(const ports::Agent& agent) {
  JsonObject attributes;
  for (const kube::Label& label : agent.labels) {
    const std::string_view key = label.key.get();
    if (key.starts_with(kAttributeLabel))
      attributes.Raw(key.substr(kAttributeLabel.size()), Text(label.value.get()));
  }
  ports::PortSet all;
  ports::PortSet unreserved;
  JsonObject reserved;
  for (const auto& [role, offered] : agent.offered) {
    all = all | offered;
    if (role == "*") {
      unreserved = offered;
    } else {
      reserved.Raw(role, Resources(offered));
    }
  }
  JsonObject json;
  json.Text("id", agent.id)
      .Text("hostname", agent.name.get())
      .Bool("active", agent.active)
      .Raw("attributes", attributes.Done())
      .Raw("resources", Resources(all));
  if (agent.used_known) {
    json.Raw("used_resources", Resources(agent.used))
        .Raw("reserved_resources", reserved.Done())
        .Raw("unreserved_resources", Resources(unreserved));
  }
  return json.Done();
}

std::string LabelsJson(const kube::LabelMap& labels) {
  JsonObject json;
  for (const kube::Label& label : labels) json.Raw(label.key.get(), Text(label.value.get()));
  return json.Done();
}

std::string PortsJson(const kube::Pod& pod, bool sidecars) {
  std::string json;
  for (const kube::ContainerPort& port : pod.ports) {
    if (port.sidecar != sidecars) continue;
    json += (json.empty() ? "" : ",") + JsonObject()
                                            .Text("name", port.name.get())
                                            .Raw("containerPort", std::to_string(port.container_port))
                                            .Raw("hostPort", std::to_string(port.host_port))
                                            .Text("protocol", ToString(port.protocol))
                                            .Text("hostIP", port.host_ip.get())
                                            .Done();
  }
  return "[" + json + "]";
}

std::string PodMetadata(const kube::Pod& pod) {
  kube::LabelMap annotations = pod.meta.annotations;
  if (pod.mesos_roles) annotations.Set(kube::Symbol("k8s.mesosphere.io/roles"), *pod.mesos_roles);
  if (pod.mirror) annotations.Set(kube::Symbol("kubernetes.io/config.mirror"), kube::Symbol("yes"));
  JsonObject json;
  json.Raw("namespace", Text(pod.meta.ns.get()))
      .Raw("name", Text(pod.meta.name.get()))
      .Text("uid", pod.meta.uid.get())
      .Raw("labels", LabelsJson(pod.meta.labels))
      .Raw("annotations", LabelsJson(annotations));
  if (pod.meta.creation_timestamp)
    json.Text("creationTimestamp", kube::FormatTimestamp(*pod.meta.creation_timestamp));
  if (pod.meta.deletion_timestamp)
    json.Text("deletionTimestamp", kube::FormatTimestamp(*pod.meta.deletion_timestamp));
  return json.Done();
}

std::string_view PhaseOf(const kube::Pod& pod) {
  switch (pod.phase) {
    case kube::PodPhase::kSucceeded:
      return "Succeeded";
    case kube::PodPhase::kFailed:
      return "Failed";
    case kube::PodPhase::kPending:
      return "Pending";
    default:
      return "Running";
  }
}

// The ports of all containers are those of one, since k8sm-ports does not tell them apart.
std::string PodJson(const kube::Pod& pod) {
  const std::string containers = "[{\"ports\":" + PortsJson(pod, false) + "}]";
  const std::string sidecars = "[{\"restartPolicy\":\"Always\",\"ports\":" + PortsJson(pod, true) + "}]";
  const std::string spec = JsonObject()
                               .Text("nodeName", pod.node_name.get())
                               .Bool("hostNetwork", pod.host_network)
                               .Raw("nodeSelector", LabelsJson(pod.node_selector))
                               .Raw("containers", containers)
                               .Raw("initContainers", sidecars)
                               .Done();
  return JsonObject()
      .Text("kind", "Pod")
      .Raw("metadata", PodMetadata(pod))
      .Raw("spec", spec)
      .Raw("status", JsonObject().Text("phase", PhaseOf(pod)).Done())
      .Done();
}

std::string ServiceJson(const kube::Service& service) {
  const std::string ports = JsonOf(service.ports, [](const kube::ServicePort& port) {
    return JsonObject().Raw("nodePort", std::to_string(port.node_port)).Done();
  });
  return JsonObject()
      .Text("kind", "Service")
      .Raw("metadata",
           JsonObject().Text("namespace", service.meta.ns.get()).Text("name", service.meta.name.get()).Done())
      .Raw("spec", JsonObject().Raw("ports", ports).Done())
      .Done();
}

// Writes the objects of a store in steps, each after a comma if it is not the first of the list.
template <class T, class ToJson>
class ObjectSteps {
 public:
  ObjectSteps(const informer::Store<T>& store, std::shared_ptr<bool> any, ToJson to_json)
      : store_(store), any_(std::move(any)), to_json_(to_json) {
    store.ForEach([this](const T& object) { keys_.push_back(object.meta.Key()); });
  }

  bool operator()(std::string& out) {
    for (std::size_t left = kRowsPerStep; left > 0 && next_ < keys_.size(); --left, ++next_) {
      const T* object = store_.Find(keys_[next_]);
      if (object == nullptr) continue;
      out += (*any_ ? ",\n" : "\n") + to_json_(*object);
      *any_ = true;
    }
    return next_ < keys_.size();
  }

 private:
  const informer::Store<T>& store_;
  const std::shared_ptr<bool> any_;
  const ToJson to_json_;
  std::vector<kube::ObjectKey> keys_;
  std::size_t next_ = 0;
};

Page NotYet() {
  return {.status = 503, .body = "no agents are known yet: ask again in a moment, or see the log\n"};
}

Page AgentsPage(const PortWatch& watch) {
  const auto& report = watch.report();
  if (!report) return NotYet();
  auto parts = std::make_unique<PageParts>();
  parts->Add("{\"slaves\":");
  parts->Add(JsonArray(report->space.agents().size(),
                       [report](std::size_t index) { return AgentJson(report->space.agents()[index]); }));
  parts->Add("}\n");
  return {.content_type = Page::kJson, .steps = std::move(parts)};
}

Page PodsPage(const PortWatch& watch, const ClusterCache& cache) {
  if (!watch.report()) return NotYet();
  auto parts = std::make_unique<PageParts>();
  const auto any = std::make_shared<bool>(false);
  parts->Add("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{},\"items\":[");
  parts->Add(ObjectSteps(cache.services(), any, &ServiceJson));
  parts->Add(ObjectSteps(cache.pods(), any, &PodJson));
  parts->Add("]}\n");
  return {.content_type = Page::kJson, .steps = std::move(parts)};
}

}  // namespace

void AddPortStatePages(const PortWatch& watch, const ClusterCache& cache, http_server::Router& router) {
  router.AddPaced("/debug/ports/agents", "GET", [&watch](const PageRequest&) { return AgentsPage(watch); });
  router.AddPaced("/debug/ports/pods", "GET",
                  [&watch, &cache](const PageRequest&) { return PodsPage(watch, cache); });
}

}  // namespace k8sm::controller
