// Prints which EndpointSlices would be written.

#ifndef K8SM_CONTROLLER_RECONCILE_DRY_RUN_SLICES_WRITER_H_
#define K8SM_CONTROLLER_RECONCILE_DRY_RUN_SLICES_WRITER_H_

#include "controller/reconcile/object_writer.h"
#include "lib/informer/store.h"
#include "lib/kube/endpoint_slice.h"

#include <cstddef>
#include <ostream>
#include <string>
#include <unordered_set>

namespace k8sm::controller {

// Prints a line for each write that is wanted, once, however often it is wanted again. Cache and stream have
// to outlive it.
class DryRunSlicesWriter : public ObjectWriter<kube::EndpointSlice> {
 public:
  DryRunSlicesWriter(const informer::Store<kube::EndpointSlice>& cache, std::ostream& out);

  Awaitable<Result<void>> Write(kube::EndpointSlice wanted) override;
  Awaitable<Result<void>> Delete(kube::EndpointSlice gone) override;

  // "7 EndpointSlices would change (5 created, 1 updated, 1 deleted)."
  std::string Summary() const;

 private:
  // Whether the line is new.
  bool Print(const std::string& line);

  const informer::Store<kube::EndpointSlice>& cache_;
  std::ostream& out_;
  std::unordered_set<std::string> printed_;
  std::size_t created_ = 0;
  std::size_t updated_ = 0;
  std::size_t deleted_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_DRY_RUN_SLICES_WRITER_H_
