#include "controller/reconcile/lookup.h"

#include "lib/client/api_path.h"
#include "lib/endpoints/slice_meta.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_json/framer.h"

#include <optional>
#include <string>
#include <utility>

namespace k8sm::controller {

using kube::Endpoints;
using kube::EndpointSlice;
using kube::ObjectKey;

// The requests are named variables because g++ 12 destroys an aggregate built within a co_await expression
// twice.
template <>
Awaitable<Result<Found<Endpoints>>> LookUp(client::ApiClient& client, ObjectKey service) {
  client::Request request{.target =
                              client::ObjectPath(client::kEndpoints, service.ns.get(), service.name.get())};
  const auto answer = co_await client.Do(std::move(request));
  Found<Endpoints> found;
  if (!answer && answer.error().code == Errc::kNotFound) co_return found;
  if (!answer) co_return answer.error();
  auto endpoints = kube_json::Decode<Endpoints>(*answer);
  const auto meta = endpoints ? std::nullopt : kube_json::DecodeMeta(*answer);
  if (!endpoints && !meta) co_return endpoints.error();
  if (meta) found.unreadable.push_back(*meta);
  if (endpoints) found.objects.push_back(*std::move(endpoints));
  co_return found;
}

template <>
Awaitable<Result<Found<EndpointSlice>>> LookUp(client::ApiClient& client, ObjectKey service) {
  client::QueryBuilder query;
  query.Add("labelSelector", std::string(kube::kServiceNameLabel) + "=" + service.name);
  client::Request request{.target = client::CollectionPath(client::kEndpointSlices, service.ns.get()) +
                                    query.text()};
  const auto answer = co_await client.Do(std::move(request));
  if (!answer) co_return answer.error();

  Found<EndpointSlice> found;
  kube_json::ListFramer framer("EndpointSliceList");
  framer.Push(*answer);
  while (const auto item = framer.Next()) {
    if (!*item) continue;
    auto slice = kube_json::Decode<EndpointSlice>(**item);
    if (!slice) {
      if (const auto meta = kube_json::DecodeMeta(**item)) found.unreadable.push_back(*meta);
    } else if (endpoints::IsOurs(*slice)) {
      found.objects.push_back(*std::move(slice));
    }
  }
  const auto meta = framer.meta();
  if (!meta) co_return meta.error();
  co_return found;
}

// A list, since the permission to get services is not needed otherwise.
Awaitable<Result<bool>> ServiceExists(client::ApiClient& client, ObjectKey service) {
  constexpr int kBadRequest = 400;
  client::QueryBuilder query;
  query.Add("fieldSelector", "metadata.name=" + service.name);
  client::Request request{.target =
                              client::CollectionPath(client::kServices, service.ns.get()) + query.text()};
  const auto answer = co_await client.Do(std::move(request));
  if (!answer && answer.error().http_status == kBadRequest) co_return false;
  if (!answer) co_return answer.error();

  kube_json::ListFramer framer("ServiceList");
  framer.Push(*answer);
  bool exists = false;
  while (framer.Next()) exists = true;
  // An empty list of Kubernetes 1.5 has no resourceVersion.
  if (framer.done() && framer.has_items()) co_return exists;
  co_return Error{.code = Errc::kMalformed, .message = "the answer is not a whole list of services"};
}

}  // namespace k8sm::controller
