// The writers of a dry run, which report changes and send no requests.

#ifndef K8SM_CONTROLLER_RECONCILE_DRY_RUN_H_
#define K8SM_CONTROLLER_RECONCILE_DRY_RUN_H_

#include "controller/reconcile/change_report.h"
#include "controller/reconcile/object_writer.h"
#include "controller/reconcile/report_format.h"
#include "lib/informer/store.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"

#include <cstddef>
#include <map>
#include <ostream>
#include <string>
#include <unordered_map>
#include <vector>

namespace k8sm::controller {

// As text, prints each planned change to `out`, and prints it again only if a later plan changes the object
// differently; as JSON, prints nothing by itself. Keeps the changes of each service's last plan, so services
// that are up to date use no memory.
// The stores and `out` must outlive it.
class DryRun {
 public:
  // Prints to `out`, which for the program is stdout. Reads the stores to describe what a change replaces.
  DryRun(const informer::Store<kube::Endpoints>& endpoints,
         const informer::Store<kube::EndpointSlice>& slices, std::ostream& out,
         ReportFormat format = ReportFormat::kText);

  // The writers refer to this object.
  Writers writers() { return {endpoints_writer_, slices_writer_}; }

  // Returns a summary of the last plans; the second line only if `with_slices`:
  //   4 Endpoints would change (2 created, 1 updated, 1 deleted); addresses: 5 added, ...
  //   7 EndpointSlices would change (5 created, 1 updated, 1 deleted).
  std::string Summary(bool with_slices) const;

  // Returns the last plans as a JSON object and a newline, the changes sorted by service. `endpointSlices` is
  // null unless `with_slices`; `skipped` and `without_endpoints` are JSON objects. REQUIRES: the format is
  // kJson.
  //   {"endpoints":{"created":2,"updated":1,"deleted":0,"addresses":{"added":5,"removed":0,"moved":1,
  //   "readiness":0}},"endpointSlices":{"created":1,"updated":0,"deleted":0},"changes":[...],"skipped":[...],
  //   "servicesWithoutEndpoints":[...]}
  std::string Json(bool with_slices, const std::vector<std::string>& skipped,
                   const std::vector<std::string>& without_endpoints) const;

  // The number of services with pending changes; a service counts once for each kind.
  std::size_t services() const { return endpoints_writer_.services() + slices_writer_.services(); }

 private:
  enum class Operation { kCreate, kUpdate, kDelete };

  struct Change {
    Operation operation = Operation::kCreate;
    std::size_t fingerprint = 0;  // of the planned object
    ChangeCounts counts;          // only for Endpoints
    std::string json;             // only for ReportFormat::kJson
  };

  // The writer of one kind of object.
  template <class T>
  class KindWriter final : public ObjectWriter<T> {
   public:
    KindWriter(const informer::Store<T>& cache, std::ostream& out, ReportFormat format)
        : cache_(cache), out_(out), format_(format) {}

    bool IsDry() const override { return true; }
    // Begins a new plan for the service.
    Awaitable<Result<void>> Settle(kube::ObjectKey service) override;
    // Print the change; never fail and never suspend. Write() returns its argument.
    Awaitable<Result<T>> Write(T wanted) override;
    Awaitable<Result<void>> Delete(T gone) override;

    std::size_t services() const { return services_.size(); }
    std::size_t Count(Operation operation) const;
    ChangeCounts Totals() const;
    // Returns the JSON of each change, by service and name.
    std::map<kube::ObjectKey, std::vector<std::string>> Json() const;

   private:
    // By object name; a new object without a name is identified by its contents.
    using Changes = std::map<std::string, Change>;
    struct Plans {
      Changes last;
      Changes current;
    };

    // Records a change (null: no object) and prints it unless the last plan had the same one.
    void Want(const T* before, const T* after);

    const informer::Store<T>& cache_;
    std::ostream& out_;
    const ReportFormat format_;
    std::unordered_map<kube::ObjectKey, Plans, kube::ObjectKeyHash> services_;
  };

  template <class T>
  static std::string CountJson(const KindWriter<T>& writer);
  template <class T>
  static std::string CountText(const KindWriter<T>& writer, const std::string& kind);

  KindWriter<kube::Endpoints> endpoints_writer_;
  KindWriter<kube::EndpointSlice> slices_writer_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_DRY_RUN_H_
