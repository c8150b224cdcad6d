#include "controller/reconcile/api_writer.h"

#include "controller/reconcile/lookup.h"
#include "controller/reconcile/same_contents.h"
#include "lib/client/retry.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube_json/answer.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_json/peek.h"

#include <algorithm>
#include <utility>

namespace k8sm::controller {
namespace {

kube::ObjectKey WrittenFor(const kube::Endpoints& endpoints) {
  return endpoints.meta.Key();
}

kube::ObjectKey WrittenFor(const kube::EndpointSlice& slice) {
  return kube::ServiceOf(slice).value_or(kube::ObjectKey{});
}

template <class T>
bool IsThere(const Found<T>& found, const kube::ObjectKey& key, const kube::Uid& uid) {
  return std::ranges::find(found.unreadable, key, &kube::ObjectMeta::Key) != found.unreadable.end() ||
         std::ranges::any_of(found.objects, [&](const T& object) { return object.meta.uid == uid; });
}

}  // namespace

template <class T>
ApiWriter<T>::ApiWriter(client::ApiClient& client, const client::Resource& resource,
                        informer::Store<T>& cache)
    : client_(client), resource_(resource), cache_(cache) {
  cache_.RecognizeOwnWrites([this](const T& delivered) { return IsInFlight(delivered); });
}

template <class T>
ApiWriter<T>::~ApiWriter() {
  cache_.RecognizeOwnWrites({});
}

// The requests are named variables because g++ 12 destroys an aggregate built within a co_await expression
// twice.
template <class T>
Awaitable<Result<T>> ApiWriter<T>::Write(T wanted) {
  const std::string_view ns = wanted.meta.ns.get();
  const bool is_new = wanted.meta.resource_version.empty();
  const std::string body = kube_json::Encode(wanted);
  client::Request request{.method = is_new ? client::Method::kPost : client::Method::kPut,
                          .target = is_new ? client::CollectionPath(resource_, ns)
                                           : client::ObjectPath(resource_, ns, wanted.meta.name.get()),
                          .body = body};
  InFlight in_flight(wanted);
  in_flight_.push_back(in_flight);
  const auto answer = co_await client_.Do(std::move(request));
  if (!answer) co_return Failed(wanted, answer.error());
  // The watch may have been faster.
  if (const auto version = kube_json::PeekVersion(*answer)) {
    if (const T* known = cache_.FindVersion(*version)) co_return *known;
  }
  auto stored = kube_json::DecodeAnswer(*answer, wanted, body);
  if (!stored) {
    if (const auto meta = kube_json::DecodeMeta(*answer)) cache_.ApplyUnreadable(*meta);
    Error error = stored.error();
    error.sent = true;
    co_return Failed(wanted, std::move(error));
  }
  cache_.ApplyWrite(*stored);
  co_return *std::move(stored);
}

template <class T>
Awaitable<Result<void>> ApiWriter<T>::Delete(T gone) {
  client::Request request{.method = client::Method::kDelete,
                          .target = client::ObjectPath(resource_, gone.meta.ns.get(), gone.meta.name.get()),
                          .body = kube_json::EncodeDeleteOptions(gone.meta)};
  const auto answer = co_await client_.Do(std::move(request));
  if (!answer && answer.error().code != Errc::kNotFound) co_return Failed(gone, answer.error());
  if (answer) {
    // Whoever has answered may not have passed the request on.
    const auto is_gone = kube_json::IsGone(*answer);
    if (!is_gone) {
      Error error = is_gone.error();
      error.sent = true;
      co_return Failed(gone, std::move(error));
    }
    // The cache must not take it for gone: if it was being deleted before, no event says otherwise.
    if (!*is_gone) {
      if (auto kept = kube_json::Decode<T>(*answer)) cache_.ApplyWrite(*std::move(kept));
      co_return Result<void>();
    }
  }
  cache_.RemoveWritten(gone.meta.Key(), gone.meta.uid);
  co_return Result<void>();
}

template <class T>
bool ApiWriter<T>::IsInFlight(const T& delivered) const {
  if (delivered.meta.deletion_timestamp) return false;
  return std::ranges::any_of(in_flight_, [&](const InFlight& each) {
    return each.object.meta.Key() == delivered.meta.Key() && SameContents(each.object, delivered);
  });
}

template <class T>
Error ApiWriter<T>::Failed(const T& object, Error error) {
  // An existing object that is not in the cache may be one that the watch could not decode.
  if (client::IsOutcomeUnknown(error) || error.code == Errc::kAlreadyExists)
    unsettled_[WrittenFor(object)].push_back({object.meta.Key(), object.meta.uid});
  return error;
}

template <class T>
Awaitable<Result<void>> ApiWriter<T>::Settle(kube::ObjectKey service) {
  if (!unsettled_.contains(service)) co_return Result<void>();
  auto found = co_await LookUp<T>(client_, service);
  if (!found) co_return found.error();
  for (const Written& written : unsettled_[service]) {
    if (!IsThere(*found, written.key, written.uid)) cache_.RemoveWritten(written.key, written.uid);
  }
  for (T& object : found->objects) cache_.ApplyWrite(std::move(object));
  for (const kube::ObjectMeta& meta : found->unreadable) cache_.ApplyUnreadable(meta);
  unsettled_.erase(service);
  co_return Result<void>();
}

template class ApiWriter<kube::Endpoints>;
template class ApiWriter<kube::EndpointSlice>;

}  // namespace k8sm::controller
