// A cache of one kind of object that follows the API server.

#ifndef K8SM_LIB_INFORMER_INFORMER_H_
#define K8SM_LIB_INFORMER_INFORMER_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/client/api_path.h"
#include "lib/informer/encoded.h"
#include "lib/informer/reflector.h"
#include "lib/informer/store.h"
#include "lib/kube/node.h"
#include "lib/kube/watch_event.h"
#include "lib/kube_proto/codec.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace k8sm::informer {

// Combines the Store of a type that lib/kube_json and lib/kube_proto decode with the Reflector that
// feeds it. See Store and Reflector for their guarantees.
template <class T>
class Informer {
 public:
  // Modifies each object before it is stored, typically to drop fields that are not needed. Corresponds to
  // client-go's TransformFunc.
  using Transform = std::function<void(T& object)>;

  // Caches the objects of namespace `ns`, or of all namespaces if it is empty. `client` must outlive the
  // informer. Does nothing until Run().
  Informer(asio::any_io_executor executor, client::ApiClient& client, const client::Resource& resource,
           std::string_view ns, Transform transform = {}, const ReflectorTiming& timing = {})
      : transform_(std::move(transform)),
        reflector_(std::move(executor), client, resource, ns, Sink(), timing) {}
  Informer(const Informer&) = delete;
  Informer& operator=(const Informer&) = delete;

  // The cache. Add listeners and indexes before Run().
  Store<T>& store() { return store_; }
  const Store<T>& store() const { return store_; }

  // See Reflector::Run. Asks for metadata alone only where it is enough to decode the type.
  Awaitable<void> Run(ReadOptions options) {
    options.metadata_only = options.metadata_only && std::is_same_v<T, kube::Node>;
    return reflector_.Run(options);
  }
  // State of the reflector, for /metrics and /readyz.
  Reflector& reflector() { return reflector_; }
  const Reflector& reflector() const { return reflector_; }

 private:
  // Connects the reflector to the store.
  ReflectorSink Sink() {
    return {.begin_list = [this] { store_.BeginReplace(); },
            .add_listed = [this](Encoded item) { return AddListed(item); },
            .finish_list = [this](std::string_view version) { store_.FinishReplace(version); },
            .apply = [this](Encoded event, bool listing) { return Apply(event, listing); }};
  }

  Result<void> AddListed(Encoded item) {
    Result<T> object = Decode<T>(item);
    if (!object) {
      if (const auto meta = DecodeMeta(item)) store_.AddUnreadableListed(*meta);
      return object.error();
    }
    if (transform_) transform_(*object);
    store_.AddListed(*std::move(object));
    return {};
  }

  Result<ReflectorEvent> Apply(Encoded encoded, bool listing) {
    if (auto version = listing ? std::nullopt : StoredVersion(encoded))
      return ReflectorEvent{kube::WatchEventType::kModified, std::move(*version)};
    Result<kube::WatchEvent<T>> event = DecodeWatchEvent<T>(encoded);
    if (!event) {
      if (const auto meta = DecodeEventMeta(encoded))
        listing ? store_.AddUnreadableListed(*meta) : store_.ApplyUnreadable(*meta);
      return event.error();
    }
    if (event->type == kube::WatchEventType::kDeleted) {
      store_.Remove(event->object->meta.Key(), event->resource_version);
    } else if (event->object) {
      if (transform_) transform_(*event->object);
      listing ? store_.AddListed(*std::move(event->object)) : store_.Apply(*std::move(event->object));
    }
    return ReflectorEvent{event->type, std::move(event->resource_version), event->initial_events_end,
                          std::move(event->error)};
  }

  // If the store already has the version of an event, from the response to a write of ours, as is usual for
  // what only we write: that version. Such an event need not be decoded.
  std::optional<std::string> StoredVersion(Encoded event) const {
    if (!store_.has_own_writes() || !event.protobuf()) return std::nullopt;
    auto version = kube_proto::PeekEventVersion(event.bytes);
    if (!version || store_.FindVersion(*version) == nullptr) return std::nullopt;
    return std::move(version->resource_version);
  }

  Store<T> store_;
  const Transform transform_;
  Reflector reflector_;
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_INFORMER_H_
