// Writes objects to the API server.

#ifndef K8SM_CONTROLLER_API_WRITER_H_
#define K8SM_CONTROLLER_API_WRITER_H_

#include "controller/object_writer.h"
#include "lib/client/api_client.h"
#include "lib/client/api_path.h"
#include "lib/informer/store.h"

namespace k8sm::controller {

// One conditional request a write. The server's answer enters the cache at once, so that the next sync of the
// service sees it even if the watch is late. Client and cache have to outlive it. For Endpoints and
// EndpointSlice.
template <class T>
class ApiWriter : public ObjectWriter<T> {
 public:
  ApiWriter(client::ApiClient& client, const client::Resource& resource, informer::Store<T>& cache);

  Awaitable<Result<void>> Write(T wanted) override;
  Awaitable<Result<void>> Delete(T gone) override;

  // Whether the cache is changing because of our own write, and not of somebody else's.
  bool applying() const { return applying_; }

 private:
  client::ApiClient& client_;
  const client::Resource resource_;
  informer::Store<T>& cache_;
  bool applying_ = false;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_API_WRITER_H_
