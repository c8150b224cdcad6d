#include "controller/inspect/page_head.h"

#include "controller/inspect/json_steps.h"
#include "controller/inspect/page_parts.h"
#include "lib/base/printable.h"

#include <chrono>

namespace k8sm::controller {
namespace {

// Why the nodes by which pods are judged are outdated; nullopt if they are not, or are not used.
std::optional<std::string> TroubleOfUsedNodes(const ClusterCache& cache) {
  if (!cache.slices_synced()) return std::nullopt;
  return cache.NodesTrouble(std::chrono::steady_clock::now());
}

}  // namespace

PageHead HeadOf(const ClusterCache& cache, const std::optional<std::string>& standby,
                std::string_view leader_tells) {
  PageHead head;
  if (standby) head.note = *standby + "; the leader's page tells " + std::string(leader_tells) + "\n\n";
  const auto trouble = TroubleOfUsedNodes(cache);
  if (trouble) {
    head.note += "nodes are outdated, so a node that is said not to exist may exist: " +
                 Printable(*trouble, kSentenceBytes) + "\n\n";
  }
  head.members = std::string("\"leading\":") + (standby ? "false" : "true") +
                 ",\"nodesTrouble\":" + (trouble ? Quoted(*trouble, std::string::npos) : "null") + ",";
  return head;
}

}  // namespace k8sm::controller
