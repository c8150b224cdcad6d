#include "controller/api_endpoints_writer.h"

#include "lib/client/api_path.h"
#include "lib/kube_json/codec.h"

#include <utility>

namespace k8sm::controller {
namespace {

using kube::Endpoints;

client::Request WriteRequest(const Endpoints& wanted) {
  const kube::ObjectMeta& meta = wanted.meta;
  if (meta.resource_version.empty()) {
    return {.method = client::Method::kPost,
            .target = client::CollectionPath(client::kEndpoints, meta.ns.get()),
            .body = kube_json::Encode(wanted)};
  }
  return {.method = client::Method::kPut,
          .target = client::ObjectPath(client::kEndpoints, meta.ns.get(), meta.name.get()),
          .body = kube_json::Encode(wanted)};
}

client::Request DeleteRequest(const kube::ObjectMeta& meta) {
  return {.method = client::Method::kDelete,
          .target = client::ObjectPath(client::kEndpoints, meta.ns.get(), meta.name.get()),
          .body = kube_json::EncodeDeleteOptions(meta)};
}

}  // namespace

ApiEndpointsWriter::ApiEndpointsWriter(client::ApiClient& client, informer::Store<Endpoints>& cache)
    : client_(client), cache_(cache) {}

// Requests are named before they are awaited: g++ 12 destroys an aggregate twice that is built within a
// co_await.
Awaitable<Result<void>> ApiEndpointsWriter::Write(Endpoints wanted) {
  client::Request request = WriteRequest(wanted);
  const auto answer = co_await client_.Do(std::move(request));
  if (!answer) co_return answer.error();
  auto stored = kube_json::Decode<Endpoints>(*answer);
  if (!stored) co_return stored.error();
  applying_ = true;
  cache_.ApplyWrite(*std::move(stored));
  applying_ = false;
  co_return Result<void>();
}

Awaitable<Result<void>> ApiEndpointsWriter::Delete(Endpoints gone) {
  client::Request request = DeleteRequest(gone.meta);
  const auto answer = co_await client_.Do(std::move(request));
  if (!answer && answer.error().code != Errc::kNotFound) co_return answer.error();
  applying_ = true;
  cache_.RemoveWritten(gone.meta.Key(), gone.meta.uid);
  applying_ = false;
  co_return Result<void>();
}

}  // namespace k8sm::controller
