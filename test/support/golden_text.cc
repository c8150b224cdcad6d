#include "test/support/golden_text.h"

#include <algorithm>
#include <string_view>

namespace k8sm::test {
namespace {

using kube::LabelMap;

std::string Join(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  std::string text;
  for (const std::string& part : parts) text += " " + part;
  return text;
}

ExpectedAddress Expected(const ExpectedAddress& address) {
  return address;
}

ExpectedAddress Expected(const kube::EndpointAddress& address) {
  return {std::string(address.ip.get()), std::string(address.node_name.get()),
          std::string(address.hostname.get()),
          std::string(address.target_ref ? address.target_ref->name.get() : "")};
}

template <class Address>
std::string AddressesText(const std::vector<Address>& addresses) {
  std::vector<std::string> parts;
  for (const Address& each : addresses) {
    const ExpectedAddress address = Expected(each);
    parts.push_back(address.pod + "@" + address.ip + "/" + address.node_name + "/" + address.hostname);
  }
  return Join(std::move(parts));
}

std::string PortsText(const std::vector<kube::EndpointPort>& ports) {
  std::vector<std::string> parts;
  for (const kube::EndpointPort& port : ports) {
    parts.push_back(port.name + ":" + std::to_string(port.port) + "/" + std::string(ToString(port.protocol)) +
                    (port.app_protocol ? "(" + *port.app_protocol + ")" : ""));
  }
  return Join(std::move(parts));
}

void AddMap(std::string_view what, const LabelMap& map, std::string_view left_out,
            std::vector<std::string>& lines) {
  for (const kube::Label& label : map) {
    if (label.key.get() == left_out) continue;
    lines.push_back(std::string(what) + " " + label.key + "=" + label.value);
  }
}

template <class Subset>
std::vector<std::string> Text(const LabelMap& labels, const LabelMap& annotations,
                              const std::vector<Subset>& subsets) {
  std::vector<std::string> lines;
  AddMap("label", labels, "endpoints.kubernetes.io/managed-by", lines);
  AddMap("annotation", annotations, "endpoints.kubernetes.io/last-change-trigger-time", lines);
  for (const Subset& subset : subsets) {
    lines.push_back("ready" + AddressesText(subset.addresses) + " not ready" +
                    AddressesText(subset.not_ready_addresses) + " ports" + PortsText(subset.ports));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

std::vector<std::string> EndpointsText(const kube::Endpoints& endpoints) {
  return Text(endpoints.meta.labels, endpoints.meta.annotations, endpoints.subsets);
}

std::vector<std::string> EndpointsText(const ExpectedService& expected) {
  return Text(expected.labels, expected.annotations, expected.subsets);
}

}  // namespace k8sm::test
