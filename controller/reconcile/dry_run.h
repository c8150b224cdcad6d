// The writers of a dry run: a report in place of requests.

#ifndef K8SM_CONTROLLER_RECONCILE_DRY_RUN_H_
#define K8SM_CONTROLLER_RECONCILE_DRY_RUN_H_

#include "controller/reconcile/change_report.h"
#include "controller/reconcile/object_writer.h"
#include "lib/informer/store.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"

#include <cstddef>
#include <map>
#include <ostream>
#include <string>
#include <unordered_map>

namespace k8sm::controller {

// Prints each change that a plan wants, and again only where a later plan wants something else of the same
// object. Holds what the last plan of each service wants, so a service that is as planned takes no memory.
// The caches and the stream have to outlive it.
class DryRun {
 public:
  DryRun(const informer::Store<kube::Endpoints>& endpoints,
         const informer::Store<kube::EndpointSlice>& slices, std::ostream& out);

  Writers writers() { return {endpoints_writer_, slices_writer_}; }

  // What the last plans want, in objects; the second line only where `with_slices`:
  //   4 Endpoints would change (2 created, 1 updated, 1 deleted); addresses: 5 added, ...
  //   7 EndpointSlices would change (5 created, 1 updated, 1 deleted).
  std::string Summary(bool with_slices) const;

  // How many services want changes.
  std::size_t services() const { return endpoints_writer_.services() + slices_writer_.services(); }

 private:
  enum class Operation { kCreate, kUpdate, kDelete };

  struct Change {
    Operation operation = Operation::kCreate;
    std::size_t fingerprint = 0;  // of what is wanted
    ChangeCounts counts;          // of Endpoints alone
  };

  // The changes of one kind of object.
  template <class T>
  class KindWriter final : public ObjectWriter<T> {
   public:
    KindWriter(const informer::Store<T>& cache, std::ostream& out) : cache_(cache), out_(out) {}

    // A plan for the service begins.
    Awaitable<Result<void>> Settle(kube::ObjectKey service) override;
    Awaitable<Result<T>> Write(T wanted) override;
    Awaitable<Result<void>> Delete(T gone) override;

    std::size_t services() const { return services_.size(); }
    std::size_t Count(Operation operation) const;
    ChangeCounts Totals() const;

   private:
    // By the object's name; one that is to be created and has none is known by its contents.
    using Changes = std::map<std::string, Change>;
    struct Plans {
      Changes last;
      Changes current;
    };

    void Want(const T* before, const T* after);

    const informer::Store<T>& cache_;
    std::ostream& out_;
    std::unordered_map<kube::ObjectKey, Plans, kube::ObjectKeyHash> services_;
  };

  template <class T>
  static std::string CountText(const KindWriter<T>& writer, const std::string& kind);

  KindWriter<kube::Endpoints> endpoints_writer_;
  KindWriter<kube::EndpointSlice> slices_writer_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_DRY_RUN_H_
