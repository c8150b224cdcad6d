// Splits the bodies of watches and lists in protobuf. No I/O: the caller pushes received bytes, split
// anywhere, and takes complete messages. The content of the messages is not validated; Decode does that.
//
// Nothing is copied but messages that arrive in several pieces: what Push() is given must stay valid until
// Next() has returned nullopt.

#ifndef K8SM_LIB_KUBE_PROTO_FRAMER_H_
#define K8SM_LIB_KUBE_PROTO_FRAMER_H_

#include "lib/base/error.h"
#include "lib/kube/watch_event.h"
#include "lib/kube_proto/capture.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube_proto {

// Maximum size of an object in bytes: twice etcd's limit of 1.5 MiB.
inline constexpr std::size_t kMaxObjectBytes = 3 << 20;

// Splits the body of a watch: frames of four bytes with the length, most significant first, and an event.
class WatchFramer {
 public:
  explicit WatchFramer(std::size_t max_bytes = kMaxObjectBytes) : capture_(max_bytes) {}

  void Push(std::string_view bytes) { bytes_ = bytes; }

  // Returns the next event, valid until the next call of Push or Next; nullopt if more data is needed.
  // kMalformed:
  // - an event larger than `max_bytes` was skipped; the stream continues;
  // - the length is absurd, so the data is no watch: returned once, then broken() is true and further data
  //   is ignored.
  std::optional<Result<std::string_view>> Next();

  bool broken() const { return broken_; }
  // Whether a stream that ends here, after Next() returned nullopt, ends within an event.
  bool mid_value() const { return !head_.empty() || capture_.started(); }

 private:
  std::optional<Result<std::string_view>> Break(std::size_t length);

  std::string_view bytes_;  // pushed and not consumed
  std::string head_;        // of a length that arrives in pieces
  Capture capture_;
  bool broken_ = false;
};

// Splits the body of a list response: an envelope (runtime.Unknown) whose `raw` is the list, with its
// metadata and its items. Holds at most one item and one metadata.
class ListFramer {
 public:
  // `kind` is the required kind of the list ("PodList"), `other_kind` another one that is accepted.
  explicit ListFramer(std::string_view kind, std::size_t max_bytes = kMaxObjectBytes,
                      std::string_view other_kind = {});

  void Push(std::string_view bytes) { bytes_ = bytes; }

  // Returns the next item, valid until the next call of Push or Next; nullopt if more data is needed.
  // kMalformed:
  // - an item larger than `max_bytes` was skipped; the list continues;
  // - the document is no such list: returned once, then broken() is true and further data is ignored.
  std::optional<Result<std::string_view>> Next();

  // Whether the data so far is a complete document. There is no mark of the end: more fields may follow.
  bool done() const {
    return state_ == State::kEnvelope && raw_seen_ && head_.empty() && !capture_.started();
  }
  bool broken() const { return state_ == State::kBroken; }

  // Returns the metadata. Fails with kMalformed before done(), or if the document has no resourceVersion or
  // does not say what kind it is.
  Result<kube::ListMeta> meta() const;

 private:
  // Where the next byte is.
  enum class State {
    kMagic,
    kEnvelope,  // between or within fields of the envelope
    kList,      // between or within fields of `raw`
    kBroken,
  };
  // What is to be done with the value of a field.
  enum class Use { kNothing, kType, kMeta, kItem };

  using Item = std::optional<Result<std::string_view>>;

  Item Step();
  Item StepMagic();
  Item StepField();
  Item StepValue();
  Item BeginField(const FieldHead& field);
  Item BeginEnvelopeField(const FieldHead& field);
  Item BeginListField(const FieldHead& field);
  Item OnValue(const Result<std::string_view>& value);
  Item OnType(std::string_view bytes);
  Item Break(const std::string& what);
  bool IsOfWantedKind() const;

  std::string_view bytes_;  // pushed and not consumed
  std::string head_;        // of a field whose head arrives in pieces
  Capture capture_;
  State state_ = State::kMagic;
  Use use_ = Use::kNothing;
  bool raw_seen_ = false;
  std::uint64_t raw_left_ = 0;  // bytes of `raw` that are still to come
  std::string wanted_kind_;
  std::string other_kind_;
  std::string kind_;
  std::string metadata_;
  std::string broken_by_;
};

}  // namespace k8sm::kube_proto

#endif  // K8SM_LIB_KUBE_PROTO_FRAMER_H_
