#include "controller/port_space/state_pages.h"

#include "controller/inspect/json_steps.h"
#include "controller/inspect/page_parts.h"
#include "lib/base/printable.h"
#include "lib/kube/timestamp.h"

#include <algorithm>
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

// Add the member unless it is empty.
void AddText(std::string_view key, const kube::Symbol& value, JsonObject& json) {
  if (!value.empty()) json.Raw(key, Text(value.get()));
}

void AddLabels(std::string_view key, const kube::LabelMap& labels, JsonObject& json) {
  if (labels.empty()) return;
  JsonObject map;
  for (const kube::Label& label : labels) map.Raw(label.key.get(), Text(label.value.get()));
  json.Raw(key, map.Done());
}

std::string PortJson(const kube::ContainerPort& port) {
  JsonObject json;
  AddText("name", port.name, json);
  json.Raw("containerPort", std::to_string(port.container_port));
  if (port.host_port != 0) json.Raw("hostPort", std::to_string(port.host_port));
  if (port.protocol != kube::Protocol::kTcp) json.Text("protocol", ToString(port.protocol));
  AddText("hostIP", port.host_ip, json);
  return json.Done();
}

// The ports of all containers are those of one, since k8sm-ports does not tell them apart.
void AddContainer(std::string_view key, const kube::Pod& pod, bool sidecars, JsonObject& spec) {
  std::string ports;
  for (const kube::ContainerPort& port : pod.ports) {
    if (port.sidecar == sidecars) ports += (ports.empty() ? "" : ",") + PortJson(port);
  }
  if (ports.empty()) return;
  JsonObject container;
  if (sidecars) container.Text("restartPolicy", "Always");
  spec.Raw(key, "[" + container.Raw("ports", "[" + ports + "]").Done() + "]");
}

std::string PodMetadata(const kube::Pod& pod) {
  kube::LabelMap annotations = pod.meta.annotations;
  if (pod.mirror) annotations.Set(kube::Symbol("kubernetes.io/config.mirror"), kube::Symbol("yes"));
  JsonObject json;
  AddText("namespace", pod.meta.ns, json);
  AddText("name", pod.meta.name, json);
  if (!pod.meta.uid.empty()) json.Raw("uid", Text(pod.meta.uid.Text()));
  AddLabels("labels", pod.meta.labels, json);
  AddLabels("annotations", annotations, json);
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

std::string PodJson(const kube::Pod& pod) {
  JsonObject spec;
  AddText("nodeName", pod.node_name, spec);
  if (pod.host_network) spec.Bool("hostNetwork", true);
  AddLabels("nodeSelector", pod.node_selector, spec);
  AddContainer("containers", pod, false, spec);
  AddContainer("initContainers", pod, true, spec);
  return JsonObject()
      .Text("kind", "Pod")
      .Raw("metadata", PodMetadata(pod))
      .Raw("spec", spec.Done())
      .Raw("status", JsonObject().Text("phase", PhaseOf(pod)).Done())
      .Done();
}

// Empty for a service without node ports.
std::string ServiceJson(const kube::Service& service) {
  std::string ports;
  for (const kube::ServicePort& port : service.ports) {
    if (port.node_port == 0) continue;
    ports += (ports.empty() ? "" : ",") + JsonObject().Raw("nodePort", std::to_string(port.node_port)).Done();
  }
  if (ports.empty()) return "";
  return JsonObject()
      .Text("kind", "Service")
      .Raw("metadata", JsonObject()
                           .Raw("namespace", Text(service.meta.ns.get()))
                           .Raw("name", Text(service.meta.name.get()))
                           .Done())
      .Raw("spec", JsonObject().Raw("ports", "[" + ports + "]").Done())
      .Done();
}

std::string NodeJson(const kube::Node& node) {
  JsonObject metadata;
  metadata.Raw("name", Text(node.meta.name.get()));
  AddLabels("labels", node.meta.labels, metadata);
  return JsonObject().Text("kind", "Node").Raw("metadata", metadata.Done()).Done();
}

// Writes the objects of a store in steps, each after a comma if it is not the first of the list. Those whose
// JSON is empty are left out.
template <class T, class ToJson>
class ObjectSteps {
 public:
  ObjectSteps(const informer::Store<T>& store, std::shared_ptr<bool> any, ToJson to_json)
      : store_(store), any_(std::move(any)), to_json_(to_json) {
    store.ForEach([this](const T& object) { keys_.push_back(object.meta.Key()); });
  }

  bool operator()(std::string& out) {
    const std::size_t end = std::min(keys_.size(), next_ + kRowsPerStep);
    const std::size_t enough = out.size() + kBytesPerStep;
    for (; next_ < end && out.size() < enough; ++next_) {
      const T* object = store_.Find(keys_[next_]);
      if (object == nullptr) continue;
      const std::string json = to_json_(*object);
      if (json.empty()) continue;
      out.append(*any_ ? ",\n" : "\n").append(json);
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
  // As of a master that does not know all agents: who reads a saved page must not take it for the whole list.
  parts->Add(report->space.known() ? ",\"recovered_slaves\":[]}\n" : ",\"recovered_slaves\":[{}]}\n");
  return {.content_type = Page::kJson, .steps = std::move(parts)};
}

Page PodsPage(const PortWatch& watch, const ClusterCache& cache) {
  if (!watch.report()) return NotYet();
  auto parts = std::make_unique<PageParts>();
  const auto any = std::make_shared<bool>(false);
  parts->Add("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{},\"items\":[");
  if (watch.report()->space.nodes_known()) parts->Add(ObjectSteps(cache.nodes(), any, &NodeJson));
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
