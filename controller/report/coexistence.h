// What the log says of others who write for the same services.

#ifndef K8SM_CONTROLLER_REPORT_COEXISTENCE_H_
#define K8SM_CONTROLLER_REPORT_COEXISTENCE_H_

#include "controller/report/log_line.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>

namespace k8sm::controller {

// Who has written what is stored, as far as it tells: its managed-by label, or the newest field manager.
// Empty: by all appearances a program like this one.
std::string WriterOf(const kube::Endpoints& endpoints);
std::string WriterOf(std::span<const kube::EndpointSlice* const> slices);

// "another controller keeps rewriting the Endpoints of service shop/web ..., and what to do". `what` is
// "Endpoints" or "EndpointSlices", `writer` as WriterOf gives it.
std::string DescribeRewrites(const std::string& what, const kube::ObjectKey& service,
                             const std::string& writer, std::chrono::seconds write_interval);

// Remembers of each service whose slices beside ours were told of. Pure: the caller writes the lines.
class ForeignSliceLog {
 public:
  // The line for a service that has these slices, ours among them: a warning where others than before serve
  // it too, since kube-proxy mixes what it finds, and a word when they are gone.
  std::optional<LogLine> Update(const kube::ObjectKey& service,
                                std::span<const kube::EndpointSlice* const> slices);

  // The service is gone, or is none of our business any more.
  void Forget(const kube::ObjectKey& service) { told_.erase(service); }

  // How many services have such slices.
  std::size_t services() const { return told_.size(); }

 private:
  // The managers' names.
  std::unordered_map<kube::ObjectKey, std::set<std::string>, kube::ObjectKeyHash> told_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_COEXISTENCE_H_
