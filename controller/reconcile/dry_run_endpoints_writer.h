// Prints which Endpoints would be written.

#ifndef K8SM_CONTROLLER_RECONCILE_DRY_RUN_ENDPOINTS_WRITER_H_
#define K8SM_CONTROLLER_RECONCILE_DRY_RUN_ENDPOINTS_WRITER_H_

#include "controller/reconcile/change_report.h"
#include "controller/reconcile/object_writer.h"
#include "lib/informer/store.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"

#include <ostream>
#include <string>
#include <unordered_map>

namespace k8sm::controller {

// Prints each change that is wanted, once, however often it is wanted again. Cache and stream have to outlive
// it.
class DryRunEndpointsWriter : public ObjectWriter<kube::Endpoints> {
 public:
  DryRunEndpointsWriter(const informer::Store<kube::Endpoints>& cache, std::ostream& out);

  Awaitable<Result<void>> Write(kube::Endpoints wanted) override;
  Awaitable<Result<void>> Delete(kube::Endpoints gone) override;

  // "4 Endpoints would change (2 created, 1 updated, 1 deleted); addresses: 5 added, ..."
  std::string Summary() const;

 private:
  void Print(const kube::ObjectKey& key, const kube::Endpoints* before, const kube::Endpoints* after);

  const informer::Store<kube::Endpoints>& cache_;
  std::ostream& out_;
  std::unordered_map<kube::ObjectKey, std::string, kube::ObjectKeyHash> printed_;
  ChangeCounts totals_;
  std::size_t created_ = 0;
  std::size_t updated_ = 0;
  std::size_t deleted_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_DRY_RUN_ENDPOINTS_WRITER_H_
