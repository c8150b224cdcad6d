#include "controller/ports_program/cluster_json.h"

#include "lib/base/printable.h"
#include "lib/kube_json/field.h"
#include "lib/kube_json/parse.h"

#include <charconv>
#include <utility>

namespace k8sm::ports_program {
namespace {

using kube_json::Field;
using kube_json::Problem;

constexpr std::size_t kMaxObjectBytes = 3 << 20;
constexpr std::size_t kMaxName = 300;
constexpr std::string_view kRolesAnnotation = "k8s.mesosphere.io/roles";
constexpr std::string_view kMappingLabel = "k8s.mesosphere.io/portMapping";
constexpr std::string_view kMirrorAnnotation = "kubernetes.io/config.mirror";
constexpr std::string_view kPortAnnotation = "k8s.mesosphere.io/port_";
constexpr std::string_view kPortNameAnnotation = "k8s.mesosphere.io/portName_";

ports::Port ReadPort(const Field& field) {
  const std::int32_t number = field.Int();
  if (number < 0 || number > static_cast<std::int32_t>(ports::kMaxPort)) {
    field.Refuse("expected a port from 0 to 65535");
    return 0;
  }
  return static_cast<ports::Port>(number);
}

ports::Port ParsePort(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && number <= ports::kMaxPort ? static_cast<ports::Port>(number) : 0;
}

// Returns the port that the scheduler mapped, as recorded by the executor; 0 if none.
ports::Port MappedPort(const kube::LabelMap& annotations, const Field& port, std::string_view protocol,
                       ports::Port container_port) {
  const Field name = port.Member("name");
  if (!name.String().empty()) {
    std::string key(kPortNameAnnotation);
    key.append(protocol).append("_").append(name.String());
    const kube::Symbol* mapped = annotations.Find(key);
    const ports::Port port_of_name = mapped != nullptr ? ParsePort(*mapped) : 0;
    if (port_of_name != 0) return port_of_name;
  }
  std::string key(kPortAnnotation);
  key.append(protocol).append("_").append(std::to_string(container_port));
  const kube::Symbol* mapped = annotations.Find(key);
  return mapped != nullptr ? ParsePort(*mapped) : 0;
}

void ReadContainer(const Field& container, const kube::LabelMap& annotations, bool counted, ClusterPod& pod) {
  const Field declared = container.Member("ports");
  declared.ForEach([&](const Field& port) {
    const Field host_port_field = port.Member("hostPort");
    const Field container_port_field = port.Member("containerPort");
    const ports::DeclaredPort ports{ReadPort(container_port_field), ReadPort(host_port_field)};
    const Field protocol_field = port.Member("protocol");
    const kube::Protocol protocol = protocol_field.Protocol();
    if (counted) pod.spec.ports.push_back(ports);
    // The scheduler maps a declared port to itself; its annotation may be about another port of the same
    // number.
    ports::Port held = ports.host_port;
    if (held == 0) held = MappedPort(annotations, port, ToString(protocol), ports.container_port);
    if (held == 0 && pod.spec.host_network) held = ports.container_port;
    if (held == 0) return;
    const Field host_ip = port.Member("hostIP");
    pod.holder.claims.push_back({host_ip.Symbol(), held, protocol, counted});
  });
}

void ReadPodSpec(const Field& spec, const kube::LabelMap& annotations, ClusterPod& pod) {
  pod.holder.node = spec.Member("nodeName").Symbol();
  pod.spec.node = pod.holder.node;
  pod.spec.host_network = spec.Member("hostNetwork").Bool();
  pod.spec.selector = spec.Member("nodeSelector").Labels();
  const Field containers = spec.Member("containers");
  containers.ForEach([&](const Field& container) { ReadContainer(container, annotations, true, pod); });
  const Field init_containers = spec.Member("initContainers");
  init_containers.ForEach([&](const Field& container) {
    if (container.Member("restartPolicy").String() == "Always")
      ReadContainer(container, annotations, false, pod);
  });
}

void ReadPod(const Field& root, Cluster& cluster) {
  ClusterPod pod;
  const Field metadata = root.Member("metadata");
  pod.holder.ns = metadata.Member("namespace").Symbol();
  pod.holder.name = metadata.Member("name").Symbol();
  pod.holder.uid = kube::Uid(metadata.Member("uid").String());
  pod.holder.leaving = metadata.Member("deletionTimestamp").present();
  pod.created = metadata.Member("creationTimestamp").Timestamp();
  pod.labels = metadata.Member("labels").Labels();
  const kube::LabelMap annotations = metadata.Member("annotations").Labels();
  pod.holder.mirror = annotations.Find(kMirrorAnnotation) != nullptr;
  if (const kube::Symbol* roles = annotations.Find(kRolesAnnotation)) pod.spec.roles = *roles;
  if (const kube::Symbol* mapping = pod.labels.Find(kMappingLabel)) pod.spec.port_mapping = *mapping;
  const Field spec = root.Member("spec");
  ReadPodSpec(spec, annotations, pod);
  const Field status = root.Member("status");
  const std::string_view phase = status.Member("phase").String();
  pod.ended = phase == "Succeeded" || phase == "Failed";
  cluster.pods.push_back(std::move(pod));
}

void ReadService(const Field& root, Cluster& cluster) {
  const Field metadata = root.Member("metadata");
  const std::string name = std::string(metadata.Member("namespace").String()) + "/" +
                           std::string(metadata.Member("name").String());
  const Field spec = root.Member("spec");
  const Field ports = spec.Member("ports");
  ports.ForEach([&](const Field& port) {
    const Field node_port = port.Member("nodePort");
    if (const ports::Port number = ReadPort(node_port); number != 0) cluster.node_ports.emplace(number, name);
  });
}

void ReadNode(const Field& root, Cluster& cluster) {
  const Field metadata = root.Member("metadata");
  if (!cluster.node_labels) cluster.node_labels.emplace();
  (*cluster.node_labels)[std::string(metadata.Member("name").String())] = metadata.Member("labels").Labels();
}

}  // namespace

ClusterReader::ClusterReader(std::string item_kind, Cluster& cluster)
    : item_kind_(std::move(item_kind)), cluster_(cluster), framer_({}, kMaxObjectBytes) {}

Result<void> ClusterReader::Push(std::string_view bytes) {
  framer_.Push(bytes);
  while (const auto item = framer_.Next()) {
    if (item->has_error()) return item->error();
    if (auto added = Add(**item); !added) return added;
  }
  return {};
}

Result<void> ClusterReader::Add(std::string_view json) {
  const auto tree = kube_json::Parse(json);
  if (!tree) return tree.error();
  Problem problem;
  const Field root(**tree, problem);
  const Field kind_field = root.Member("kind");
  const std::string kind = kind_field.present() ? std::string(kind_field.String()) : item_kind_;
  if (kind == "Pod") {
    ReadPod(root, cluster_);
  } else if (kind == "Service") {
    ReadService(root, cluster_);
  } else if (kind == "Node") {
    ReadNode(root, cluster_);
  }
  if (problem.empty()) return {};
  Problem ignored;
  const Field named(**tree, ignored);
  const Field metadata = named.Member("metadata");
  const std::string name(metadata.Member("name").String());
  const std::string ns(metadata.Member("namespace").String());
  return Error{.code = Errc::kMalformed,
               .message = Printable(kind + " " + ns + "/" + name, kMaxName) + ": " + problem};
}

Result<void> ClusterReader::Finish() {
  if (framer_.done() && framer_.has_items()) return {};
  return Error{.code = Errc::kMalformed, .message = "a list that was cut off, or is none"};
}

Result<std::string> ClusterReader::continue_token() const {
  const auto meta = framer_.meta();
  if (!meta) return meta.error();
  return meta->continue_token;
}

}  // namespace k8sm::ports_program
