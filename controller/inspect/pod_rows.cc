#include "controller/inspect/pod_rows.h"

#include "lib/base/host_port.h"
#include "lib/base/printable.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

using endpoints::Verdict;
using endpoints::Verdicts;

constexpr std::size_t kShownBytes = 253;

class RowMaker {
 public:
  RowMaker(const Verdicts& verdicts, const endpoints::EndpointsPlan& plan)
      : verdicts_(verdicts), plan_(plan) {}

  std::vector<PodRow> Make() {
    for (std::size_t pod = 0; pod < verdicts_.pods.size(); ++pod) {
      if (verdicts_.pods[pod].in_endpoints) {
        for (std::size_t port = 0; port < verdicts_.ports.size(); ++port) Add(pod, port);
      } else {
        rows_.push_back(
            {.pod = verdicts_.pods[pod].pod->meta.name,
             .standing = endpoints::HasEnded(*verdicts_.pods[pod].pod) ? "finished" : "being deleted"});
      }
    }
    return std::move(rows_);
  }

 private:
  void Add(std::size_t pod, std::size_t port) {
    const kube::ServicePort* service_port = verdicts_.ports[port];
    PodRow row{.pod = verdicts_.pods[pod].pod->meta.name,
               .service_port = service_port == nullptr ? "" : endpoints::PortLabel(*service_port)};
    const Verdict& verdict = verdicts_.At(0, pod, port);
    if (verdict.in_endpoints) {
      row.standing = StandingOf(pod, port);
      row.address = WhereIs(verdict.place);
    }
    if (auto skip = endpoints::SkipOf(verdicts_, pod, port)) {
      row.standing = "skipped";
      row.reason = skip->reason;
      row.sentence = std::move(skip->sentence);
    }
    if (!row.standing.empty()) rows_.push_back(std::move(row));
  }

  std::string_view StandingOf(std::size_t pod, std::size_t port) const {
    if (plan_.truncated && !plan_.listed[pod * verdicts_.ports.size() + port]) return "over capacity";
    const bool ready = verdicts_.pods[pod].pod->ready || verdicts_.service->publish_not_ready_addresses;
    return ready ? "ready" : "not ready";
  }

  static std::string WhereIs(const endpoints::Place& place) {
    if (place.port == 0) return std::string(place.ip.get());
    return HostPort(place.ip.get(), static_cast<std::uint16_t>(place.port));
  }

  const Verdicts& verdicts_;
  const endpoints::EndpointsPlan& plan_;
  std::vector<PodRow> rows_;
};

}  // namespace

std::vector<PodRow> RowsOf(const Verdicts& verdicts, const endpoints::EndpointsPlan& plan) {
  return RowMaker(verdicts, plan).Make();
}

void AddDoubts(const ClusterCache& cache, const kube::Symbol& ns, std::vector<PodRow>& rows) {
  for (PodRow& row : rows) {
    const kube::Pod* pod = cache.pods().Find({ns, row.pod});
    if (row.address.empty() || pod == nullptr || pod->node_name.empty()) continue;
    if (cache.nodes().Find({kube::Symbol(), pod->node_name}) == nullptr)
      row.doubt = "node " + Printable(pod->node_name.get(), kShownBytes) + " does not exist";
  }
}

Verdicts JudgeFromCaches(const kube::Service& service, const ClusterCache& cache,
                         endpoints::AddressMode mode) {
  const auto pods = cache.pods_by_label().Select(service.meta.ns, service.selector);
  const endpoints::NodeLookup node_of = [&](const kube::Symbol& name) {
    return cache.nodes().Find({kube::Symbol(), name});
  };
  return endpoints::Judge(service, pods, mode, cache.slices_synced() ? &node_of : nullptr);
}

}  // namespace k8sm::controller
