#include "lib/mesos/decode_agent.h"

#include "lib/base/printable.h"
#include "lib/kube_json/field.h"
#include "lib/kube_json/parse.h"
#include "lib/mesos/node_labels.h"
#include "lib/ports/port_text.h"

#include <algorithm>
#include <string>
#include <utility>

namespace k8sm::mesos {
namespace {

using kube_json::Field;
using kube_json::Problem;

constexpr std::size_t kMaxName = 100;
// Well above the number of roles or attributes of any agent.
constexpr std::size_t kMaxRoles = 1'000;
constexpr std::size_t kMaxAttributes = 1'000;

// The ports in a resources object; absent if there are none.
ports::PortSet ReadPorts(const Field& resources) {
  const Field field = resources.Member("ports");
  if (!field.present()) return {};
  auto ports = ports::ParseRanges(field.String());
  if (ports) return *std::move(ports);
  if (field.IsString()) field.Refuse(ports.error().message);
  return {};
}

void AddOffer(std::string_view role, ports::PortSet ports, ports::Agent& agent) {
  if (!ports.empty() && agent.offered.size() < kMaxRoles) agent.offered.emplace_back(role, std::move(ports));
}

// Mesos 0.22 and earlier report neither roles nor used resources.
void ReadOffers(const Field& root, ports::Agent& agent) {
  const Field unreserved = root.Member("unreserved_resources");
  const Field reserved = root.Member("reserved_resources");
  if (!unreserved.present() && !reserved.present()) {
    const Field resources = root.Member("resources");
    AddOffer("*", ReadPorts(resources), agent);
  } else {
    AddOffer("*", ReadPorts(unreserved), agent);
    reserved.ForEachEntry(
        [&](std::string_view role, const Field& resources) { AddOffer(role, ReadPorts(resources), agent); });
  }
  const Field used = root.Member("used_resources");
  agent.used_known = used.present();
  agent.used = ReadPorts(used);
}

void ReadAttributes(const Field& attributes, ports::Agent& agent) {
  agent.labels_from = ports::LabelSource::kAgent;
  if (IsLabelValue(agent.name.get())) agent.labels.Set(kube::Symbol(kHostnameLabel), agent.name);
  std::size_t count = 0;
  attributes.ForEachEntry([&](std::string_view name, const Field& value) {
    if (++count > kMaxAttributes || !value.present()) return;
    if (value.value().IsNumber()) {
      if (const auto label = ScalarLabel(value.value().GetDouble())) AddAttribute(name, *label, agent.labels);
    } else if (value.IsString()) {
      // Ranges and sets are strings, too, but never valid label values.
      AddAttribute(name, value.String(), agent.labels);
    }
  });
}

std::optional<double> ReadTime(const Field& root, std::string_view name) {
  const Field field = root.Member(name);
  if (!field.present() || !field.value().IsNumber()) return std::nullopt;
  return field.value().GetDouble();
}

bool IsActive(const Field& root) {
  const Field active = root.Member("active");
  const Field deactivated = root.Member("deactivated");
  const Field drain_info = root.Member("drain_info");
  return (!active.present() || active.Bool()) && !deactivated.Bool() && !drain_info.present();
}

std::string NameFor(const ports::Agent& agent) {
  const std::string_view name = agent.name.empty() ? std::string_view(agent.id) : agent.name.get();
  return name.empty() ? "an agent" : "agent " + Printable(name, kMaxName);
}

}  // namespace

Result<DecodedAgent> DecodeAgent(std::string_view json) {
  const auto tree = kube_json::Parse(json);
  if (!tree) return Error{.code = Errc::kMalformed, .message = "an agent: " + tree.error().message};
  Problem problem;
  const Field root(**tree, problem);
  DecodedAgent decoded;
  ports::Agent& agent = decoded.agent;
  const Field id = root.Member("id");
  agent.id = std::string(id.String());
  const Field hostname = root.Member("hostname");
  agent.name = hostname.Symbol();
  if (agent.name.empty()) hostname.Refuse("missing");
  agent.active = IsActive(root);
  ReadOffers(root, agent);
  const Field attributes = root.Member("attributes");
  ReadAttributes(attributes, agent);
  decoded.registered = ReadTime(root, "registered_time");
  if (const auto again = ReadTime(root, "reregistered_time")) {
    decoded.registered = decoded.registered ? std::min(*decoded.registered, *again) : *again;
  }
  if (!problem.empty()) return Error{.code = Errc::kMalformed, .message = NameFor(agent) + ": " + problem};
  return decoded;
}

}  // namespace k8sm::mesos
