// What pages begin with that list things from the caches.

#ifndef K8SM_CONTROLLER_INSPECT_PAGE_HEAD_H_
#define K8SM_CONTROLLER_INSPECT_PAGE_HEAD_H_

#include "controller/cluster/cluster_cache.h"

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::controller {

// The same in both formats, as RowList writes them.
struct PageHead {
  std::string note;     // lines of text; usually empty
  std::string members;  // "leading" and "nodesTrouble" of a JSON object, each with a comma
};

// `standby` is set if the process is a standby: a line that says so, and which process leads. The note adds
// that the leader's page tells what `leader_tells` says. It also says if the nodes by which pods are judged
// are outdated, and why; "nodesTrouble" is null if they are not, or are not used.
PageHead HeadOf(const ClusterCache& cache, const std::optional<std::string>& standby,
                std::string_view leader_tells);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_PAGE_HEAD_H_
