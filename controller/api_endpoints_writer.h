// Writes Endpoints to the API server.

#ifndef K8SM_CONTROLLER_API_ENDPOINTS_WRITER_H_
#define K8SM_CONTROLLER_API_ENDPOINTS_WRITER_H_

#include "controller/endpoints_writer.h"
#include "lib/client/api_client.h"
#include "lib/informer/store.h"
#include "lib/kube/endpoints.h"

namespace k8sm::controller {

// One conditional request a write. The server's answer enters the cache at once, so that the next sync of the
// service sees it even if the watch is late. Client and cache have to outlive it.
class ApiEndpointsWriter : public EndpointsWriter {
 public:
  ApiEndpointsWriter(client::ApiClient& client, informer::Store<kube::Endpoints>& cache);

  Awaitable<Result<void>> Write(kube::Endpoints wanted) override;
  Awaitable<Result<void>> Delete(kube::Endpoints gone) override;

  // Whether the cache is changing because of our own write, and not of somebody else's.
  bool applying() const { return applying_; }

 private:
  client::ApiClient& client_;
  informer::Store<kube::Endpoints>& cache_;
  bool applying_ = false;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_API_ENDPOINTS_WRITER_H_
