// Derives the skips from the verdicts.

#include "lib/base/host_port.h"
#include "lib/base/printable.h"
#include "lib/endpoints/precedence.h"
#include "lib/endpoints/verdicts.h"

#include <cstdint>
#include <string>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::ServicePort;

// "10.0.0.1:31080/TCP", "[fd00::1]:31080/TCP"
std::string DescribePlace(const Place& place, const ServicePort& port) {
  return HostPort(place.ip.get(), static_cast<std::uint16_t>(place.port)) + "/" +
         std::string(ToString(port.protocol));
}

Obstacle NodeNotFound(const kube::Pod& pod) {
  return {SkipReason::kNodeNotFound,
          "node " + Printable(pod.node_name.get(), kShownBytes) +
              " does not exist, so the pod is in Endpoints and in no EndpointSlice: delete the pod, or "
              "register the node again"};
}

class SkipReader {
 public:
  SkipReader(const Verdicts& verdicts, std::size_t pod, std::size_t port)
      : verdicts_(verdicts), pod_index_(pod), port_index_(port), pod_(verdicts.pods[pod]) {}

  std::optional<Obstacle> Read() const {
    if (HasEnded(*pod_.pod) || pod_.pod->meta.deletion_timestamp || AsksForNothing()) return std::nullopt;
    if (auto obstacle = OfEndpoints()) return obstacle;
    if (pod_.node_missing && !pod_.in_slices) return NodeNotFound(*pod_.pod);
    for (std::size_t family = 1; family < verdicts_.families.size(); ++family) {
      if (auto obstacle = OfSlices(family)) return obstacle;
    }
    return std::nullopt;
  }

 private:
  // A service without ports is published only if it is headless.
  bool AsksForNothing() const {
    return verdicts_.ports[port_index_] == nullptr && verdicts_.service->cluster_ip.get() != "None";
  }

  std::optional<Obstacle> OfEndpoints() const {
    const Verdict& verdict = At(0);
    if (verdict.obstacle) return verdict.obstacle;
    return Conflict(verdict, verdict.endpoints_holder);
  }

  // It is not an error if a pod has no address of a further family.
  std::optional<Obstacle> OfSlices(std::size_t family) const {
    const Verdict& verdict = At(family);
    if (!verdict.obstacle) return Conflict(verdict, verdict.slices_holder);
    const SkipReason reason = verdict.obstacle->reason;
    const bool has_address = reason != SkipReason::kNoHostIp && reason != SkipReason::kNoPodIp;
    return has_address && pod_.in_slices ? verdict.obstacle : std::nullopt;
  }

  std::optional<Obstacle> Conflict(const Verdict& verdict, const Claim& holder) const {
    if (holder.pod == nullptr) return std::nullopt;
    const Claim claim{&pod_, verdict.place.declared};
    return Obstacle{SkipReason::kHostPortConflict,
                    DescribePlace(verdict.place, *verdicts_.ports[port_index_]) + " is taken by pod " +
                        ToString(holder.pod->pod->meta.Key()) + WhyAndWhatToDo(holder, claim)};
  }

  const Verdict& At(std::size_t family) const { return verdicts_.At(family, pod_index_, port_index_); }

  const Verdicts& verdicts_;
  const std::size_t pod_index_;
  const std::size_t port_index_;
  const SelectedPod& pod_;
};

}  // namespace

std::optional<Skip> SkipOf(const Verdicts& verdicts, std::size_t pod, std::size_t port) {
  auto obstacle = SkipReader(verdicts, pod, port).Read();
  if (!obstacle) return std::nullopt;
  const kube::ObjectMeta& meta = verdicts.pods[pod].pod->meta;
  const ServicePort* service_port = verdicts.ports[port];
  return Skip{.pod = meta.Key(),
              .pod_uid = meta.uid,
              .service_port = service_port == nullptr ? std::string() : PortLabel(*service_port),
              .reason = obstacle->reason,
              .sentence = std::move(obstacle->sentence),
              .outlook = obstacle->outlook};
}

std::vector<Skip> SkipsOf(const Verdicts& verdicts) {
  std::vector<Skip> skips;
  for (std::size_t pod = 0; pod < verdicts.pods.size(); ++pod) {
    for (std::size_t port = 0; port < verdicts.ports.size(); ++port) {
      if (auto skip = SkipOf(verdicts, pod, port)) skips.push_back(*std::move(skip));
    }
  }
  return skips;
}

}  // namespace k8sm::endpoints
