// Warnings about other controllers that write objects of the same services.

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

// Returns the writer of the stored objects as far as they identify it: the managed-by label, or else the most
// recent field manager. Empty if the objects appear to be written by an instance of this program.
std::string WriterOf(const kube::Endpoints& endpoints);
std::string WriterOf(std::span<const kube::EndpointSlice* const> slices);

// Which of a service's objects no longer exist, where the others are as this program left them.
enum class Lack { kNone, kSome, kAll };

// The objects of a service that are not as this program left them.
struct Rewrite {
  const std::string& what;  // "Endpoints" or "EndpointSlices"
  const kube::ObjectKey& service;
  const std::string& writer;  // a result of WriterOf()
  Lack lack = Lack::kNone;    // kNone: some have been changed
};

// Returns the line for it, e.g. "service shop/web: its Endpoints were changed by \"kubectl-edit\"; writing
// them again". Objects may be missing because somebody deleted them, or because the API server was restored
// without them.
std::string DescribeRewrite(const Rewrite& rewrite);

// Returns the warning for a service that is being rewritten, or whose objects are being deleted, with advice.
// `write_interval` is the interval that writes are limited to.
std::string DescribeRewrites(const Rewrite& rewrite, std::chrono::seconds write_interval);

// Remembers for each service which other managers' slices have been logged. Does no I/O: the caller logs the
// returned lines.
class ForeignSliceLog {
 public:
  // Returns the line to log for a service whose slices, of all managers, are `slices`: a warning if the set
  // of other managers changed, because kube-proxy merges the slices of all managers; an info line if the last
  // of them is gone; nullopt if nothing changed.
  std::optional<LogLine> Update(const kube::ObjectKey& service,
                                std::span<const kube::EndpointSlice* const> slices);

  // Call when the service is deleted or no longer selects pods.
  void Forget(const kube::ObjectKey& service) { told_.erase(service); }

  // The number of services that have slices of other managers.
  std::size_t services() const { return told_.size(); }

 private:
  // The names of the other managers that were logged.
  std::unordered_map<kube::ObjectKey, std::set<std::string>, kube::ObjectKeyHash> told_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_COEXISTENCE_H_
