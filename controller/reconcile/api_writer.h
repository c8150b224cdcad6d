// Writes objects to the API server.

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

#include <unordered_map>
#include <vector>

namespace k8sm::controller {

// One conditional request a write. The server's answer enters the cache at once, so that the next sync of the
// service sees it even if the watch is late. Client and cache have to outlive it. For Endpoints and
// EndpointSlice.
//
// A write may be carried out without our hearing of it. Written once more it could double a slice, whose name
// the server makes up, or meet what somebody has made of it since. So its service is unsettled from then on,
// until Settle() has looked at what the server holds: no write is sent before that. So is one whose object
// could not be created since it exists already: what the caches do not know of, no watch may ever tell.
template <class T>
class ApiWriter : public ObjectWriter<T> {
 public:
  ApiWriter(client::ApiClient& client, const client::Resource& resource, informer::Store<T>& cache);

  // REQUIRES of both: the object's service is settled.
  Awaitable<Result<T>> Write(T wanted) override;
  Awaitable<Result<void>> Delete(T gone) override;

  // Where the service is unsettled, looks at what the server holds of it and brings the cache up to that.
  // Call it before each planning; without a request as a rule. Errors are those of the look: the service
  // stays unsettled then.
  Awaitable<Result<void>> Settle(kube::ObjectKey service) override;

 private:
  // An object that may have been written; without name and uid where it is new.
  struct Written {
    kube::ObjectKey key;
    kube::Symbol uid;
  };

  Error Failed(const T& object, Error error);

  client::ApiClient& client_;
  const client::Resource resource_;
  informer::Store<T>& cache_;
  // By service: what was sent and not answered.
  std::unordered_map<kube::ObjectKey, std::vector<Written>, kube::ObjectKeyHash> unsettled_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_API_WRITER_H_
