#include "controller/api_writer.h"

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube_json/codec.h"

#include <utility>

namespace k8sm::controller {

template <class T>
ApiWriter<T>::ApiWriter(client::ApiClient& client, const client::Resource& resource,
                        informer::Store<T>& cache)
    : client_(client), resource_(resource), cache_(cache) {}

// Requests are named before they are awaited: g++ 12 destroys an aggregate twice that is built within a
// co_await.
template <class T>
Awaitable<Result<void>> ApiWriter<T>::Write(T wanted) {
  const std::string& ns = wanted.meta.ns.get();
  const bool is_new = wanted.meta.resource_version.empty();
  client::Request request{.method = is_new ? client::Method::kPost : client::Method::kPut,
                          .target = is_new ? client::CollectionPath(resource_, ns)
                                           : client::ObjectPath(resource_, ns, wanted.meta.name.get()),
                          .body = kube_json::Encode(wanted)};
  const auto answer = co_await client_.Do(std::move(request));
  if (!answer) co_return answer.error();
  auto stored = kube_json::Decode<T>(*answer);
  if (!stored) co_return stored.error();
  applying_ = true;
  cache_.ApplyWrite(*std::move(stored));
  applying_ = false;
  co_return Result<void>();
}

template <class T>
Awaitable<Result<void>> ApiWriter<T>::Delete(T gone) {
  client::Request request{.method = client::Method::kDelete,
                          .target = client::ObjectPath(resource_, gone.meta.ns.get(), gone.meta.name.get()),
                          .body = kube_json::EncodeDeleteOptions(gone.meta)};
  const auto answer = co_await client_.Do(std::move(request));
  if (!answer && answer.error().code != Errc::kNotFound) co_return answer.error();
  applying_ = true;
  cache_.RemoveWritten(gone.meta.Key(), gone.meta.uid);
  applying_ = false;
  co_return Result<void>();
}

template class ApiWriter<kube::Endpoints>;
template class ApiWriter<kube::EndpointSlice>;

}  // namespace k8sm::controller
