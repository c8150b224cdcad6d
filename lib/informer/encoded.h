// Objects and events in the encoding in which they arrived, and their decoders.

#ifndef K8SM_LIB_INFORMER_ENCODED_H_
#define K8SM_LIB_INFORMER_ENCODED_H_

#include "lib/base/error.h"
#include "lib/client/message/encoding.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/watch_event.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_proto/codec.h"

#include <optional>
#include <string_view>

namespace k8sm::informer {

// One item of a list or one event of a watch. Does not own its bytes.
struct Encoded {
  client::Encoding encoding = client::Encoding::kJson;
  std::string_view bytes;

  bool protobuf() const { return encoding == client::Encoding::kProtobuf; }
};

// Each calls the function of the same name in lib/kube_json or lib/kube_proto.
template <class T>
Result<T> Decode(Encoded item) {
  return item.protobuf() ? kube_proto::Decode<T>(item.bytes) : kube_json::Decode<T>(item.bytes);
}

template <class T>
Result<kube::WatchEvent<T>> DecodeWatchEvent(Encoded event) {
  return event.protobuf() ? kube_proto::DecodeWatchEvent<T>(event.bytes)
                          : kube_json::DecodeWatchEvent<T>(event.bytes);
}

inline std::optional<kube::ObjectMeta> DecodeMeta(Encoded item) {
  return item.protobuf() ? kube_proto::DecodeMeta(item.bytes) : kube_json::DecodeMeta(item.bytes);
}

inline std::optional<kube::ObjectMeta> DecodeEventMeta(Encoded event) {
  return event.protobuf() ? kube_proto::DecodeEventMeta(event.bytes)
                          : kube_json::DecodeEventMeta(event.bytes);
}

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_ENCODED_H_
