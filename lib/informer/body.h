// Bodies of lists and watches, split into items and events in whichever encoding the response has.

#ifndef K8SM_LIB_INFORMER_BODY_H_
#define K8SM_LIB_INFORMER_BODY_H_

#include "lib/base/error.h"
#include "lib/client/message/encoding.h"
#include "lib/informer/encoded.h"
#include "lib/kube/watch_event.h"
#include "lib/kube_json/framer.h"
#include "lib/kube_proto/framer.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace k8sm::informer {

// The framers of both encodings behind one interface; see kube_json::WatchFramer and ListFramer. JSON until
// Begin().
template <class JsonFramer, class ProtobufFramer>
class Body {
 public:
  using Framers = std::variant<JsonFramer, ProtobufFramer>;

  explicit Body(Framers framer) : framer_(std::move(framer)) {}

  // The bytes must stay valid until Next() has returned nullopt.
  void Push(std::string_view bytes) {
    std::visit([&](auto& framer) { framer.Push(bytes); }, framer_);
  }
  std::optional<Result<Encoded>> Next() {
    const auto next = std::visit([](auto& framer) { return framer.Next(); }, framer_);
    if (!next) return std::nullopt;
    if (next->has_error()) return Result<Encoded>(next->error());
    return Result<Encoded>(Encoded{encoding(), **next});
  }
  bool broken() const {
    return std::visit([](const auto& framer) { return framer.broken(); }, framer_);
  }
  client::Encoding encoding() const {
    return std::holds_alternative<ProtobufFramer>(framer_) ? client::Encoding::kProtobuf
                                                           : client::Encoding::kJson;
  }

 protected:
  Framers framer_;
};

class WatchBody : public Body<kube_json::WatchFramer, kube_proto::WatchFramer> {
 public:
  WatchBody() : Body(kube_json::WatchFramer()) {}

  // Begins a response in this encoding.
  void Begin(client::Encoding encoding) {
    if (encoding == client::Encoding::kProtobuf) framer_.emplace<kube_proto::WatchFramer>();
  }
  bool mid_value() const {
    return std::visit([](const auto& framer) { return framer.mid_value(); }, framer_);
  }
};

class ListBody : public Body<kube_json::ListFramer, kube_proto::ListFramer> {
 public:
  // A list of `kind` ("PodList") or of metadata alone. `kind` must outlive it.
  explicit ListBody(std::string_view kind)
      : Body(kube_json::ListFramer(kind, kube_json::kMaxObjectBytes, kMetadataKind)), kind_(kind) {}

  // Begins a response in this encoding.
  void Begin(client::Encoding encoding) {
    if (encoding == client::Encoding::kProtobuf)
      framer_.emplace<kube_proto::ListFramer>(kind_, kube_proto::kMaxObjectBytes, kMetadataKind);
  }
  Result<kube::ListMeta> meta() const {
    return std::visit([](const auto& framer) { return framer.meta(); }, framer_);
  }

 private:
  static constexpr std::string_view kMetadataKind = "PartialObjectMetadataList";

  const std::string_view kind_;
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_BODY_H_
