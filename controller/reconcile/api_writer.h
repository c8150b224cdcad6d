// The ObjectWriter that writes to the API server.

#ifndef K8SM_CONTROLLER_RECONCILE_API_WRITER_H_
#define K8SM_CONTROLLER_RECONCILE_API_WRITER_H_

#include "controller/reconcile/object_writer.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/client/api_path.h"
#include "lib/informer/store.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/symbol.h"

#include <boost/intrusive/list.hpp>

#include <unordered_map>
#include <vector>

namespace k8sm::controller {

// Sends one conditional request per write and puts the response into the cache at once, so that the next sync
// sees it before the watch delivers it. If the watch is faster, the cache takes the event for a change by our
// own request, too. `client` and `cache` must outlive it. T is Endpoints or EndpointSlice.
//
// If a request ends without a response, the write may or may not have been carried out. Repeating it could
// create a slice twice, since the server generates the name, or overwrite a later change of another writer.
// Its service is therefore unsettled until Settle() has read back what the server holds. A service is also
// unsettled after kAlreadyExists: the existing object may be one that the watch cannot decode.
template <class T>
class ApiWriter : public ObjectWriter<T> {
 public:
  ApiWriter(client::ApiClient& client, const client::Resource& resource, informer::Store<T>& cache);
  ~ApiWriter() override;

  // REQUIRES: the service of the object is settled (both).
  Awaitable<Result<T>> Write(T wanted) override;
  Awaitable<Result<void>> Delete(T gone) override;

  // If the service is unsettled, reads its objects from the server and updates the cache. Sends no request
  // otherwise. Call before each planning. On an error, those of LookUp(), the service stays unsettled.
  Awaitable<Result<void>> Settle(kube::ObjectKey service) override;

 private:
  // An object that may have been written. Name and uid are empty for a new object whose name is generated.
  struct Written {
    kube::ObjectKey key;
    kube::Uid uid;
  };

  // An object that is being written. Lives in the frame of Write() and unlinks itself when destroyed.
  struct InFlight
      : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    explicit InFlight(const T& wanted) : object(wanted) {}
    const T& object;
  };

  // Whether the object that the watch delivers is as it is being written. If another writer has written the
  // same, our request is refused as a conflict, and retried like any other. A new slice is never recognized,
  // for nothing tells it from one that an earlier request without a response has created.
  bool IsInFlight(const T& delivered) const;
  Error Failed(const T& object, Error error);

  client::ApiClient& client_;
  const client::Resource resource_;
  informer::Store<T>& cache_;
  boost::intrusive::list<InFlight, boost::intrusive::constant_time_size<false>> in_flight_;
  // The writes without a known outcome, by service.
  std::unordered_map<kube::ObjectKey, std::vector<Written>, kube::ObjectKeyHash> unsettled_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_API_WRITER_H_
