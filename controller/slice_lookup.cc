#include "controller/slice_lookup.h"

#include "lib/client/api_path.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_json/framer.h"

#include <string>
#include <utility>

namespace k8sm::controller {

using kube::EndpointSlice;

Awaitable<Result<std::vector<EndpointSlice>>> ListSlicesOf(client::ApiClient& client,
                                                           kube::ObjectKey service) {
  client::QueryBuilder query;
  query.Add("labelSelector", std::string(kube::kServiceNameLabel) + "=" + service.name.get());
  client::Request request{.target = client::CollectionPath(client::kEndpointSlices, service.ns.get()) +
                                    query.text()};
  const auto answer = co_await client.Do(std::move(request));
  if (!answer) co_return answer.error();

  std::vector<EndpointSlice> slices;
  kube_json::ListFramer framer("EndpointSliceList");
  framer.Push(*answer);
  while (const auto item = framer.Next()) {
    if (!*item) co_return item->error();
    auto slice = kube_json::Decode<EndpointSlice>(**item);
    if (!slice) co_return slice.error();
    slices.push_back(*std::move(slice));
  }
  const auto meta = framer.meta();
  if (!meta) co_return meta.error();
  co_return slices;
}

}  // namespace k8sm::controller
