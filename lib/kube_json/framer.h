// Splits byte streams into JSON values. No I/O: the caller pushes received bytes, split anywhere, and takes
// complete values. The content of the values is not validated; Decode does that.

#ifndef K8SM_LIB_KUBE_JSON_FRAMER_H_
#define K8SM_LIB_KUBE_JSON_FRAMER_H_

#include "lib/base/error.h"
#include "lib/kube/watch_event.h"
#include "lib/kube_json/value_capture.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube_json {

// Maximum size of an object in bytes. Above etcd's limit of 1.5 MiB, because the JSON form can be larger.
inline constexpr std::size_t kMaxObjectBytes = 3 << 20;

// Splits the body of a watch: a sequence of JSON objects, with or without white space in between.
class WatchFramer {
 public:
  explicit WatchFramer(std::size_t max_bytes = kMaxObjectBytes);

  void Push(std::string_view bytes);

  // Returns the text of the next object, valid until the next call of Push or Next; nullopt if more data is
  // needed. kMalformed:
  // - an object larger than `max_bytes` or nested deeper than kMaxDepth was skipped; the message shows its
  //   beginning, and the stream continues;
  // - the data is not an object: returned once, then broken() is true and further data is ignored.
  std::optional<Result<std::string_view>> Next();

  bool broken() const { return broken_; }
  // Whether a stream that ends here, after Next() returned nullopt, ends within an object.
  bool mid_value() const { return capture_.started(); }

 private:
  ValueCapture capture_;
  std::string pushed_;
  std::size_t taken_ = 0;  // number of bytes of pushed_ consumed
  bool broken_ = false;
};

using kube::ListMeta;

// Splits the body of a list response, {"kind":"PodList","metadata":{…},"items":[…]}, with its members in any
// order. Buffers at most one item and the bytes pushed last.
class ListFramer {
 public:
  // `kind` is the required kind of the list ("PodList"), because an empty list of another kind would look as
  // if all objects had been deleted. Empty: any kind. `other_kind`: another one that is accepted.
  explicit ListFramer(std::string_view kind = {}, std::size_t max_bytes = kMaxObjectBytes,
                      std::string_view other_kind = {});

  void Push(std::string_view bytes);

  // Returns the text of the next item, valid until the next call of Push or Next; nullopt if more data is
  // needed. kMalformed as for WatchFramer, for an item or for the document.
  std::optional<Result<std::string_view>> Next();

  // Whether Next() has reached the end of the document.
  bool done() const { return state_ == State::kEnd; }
  bool broken() const { return state_ == State::kBroken; }
  // Whether the document, as far as it was read, has the member items, which may be empty or null.
  bool has_items() const { return has_items_; }

  // Returns the metadata. Fails with kMalformed before done(), or if the document has no items (null counts
  // as none) or no metadata.resourceVersion.
  Result<ListMeta> meta() const;

 private:
  // What is expected next in the document.
  enum class State {
    kBegin,
    kFirstKey,  // or the end of the document
    kKey,
    kColon,
    kMember,       // the value of key_
    kAfterMember,  // a comma, or the end of the document
    kFirstItem,    // or the end of the items
    kItem,
    kAfterItem,  // a comma, or the end of the items
    kEnd,
    kBroken,
  };

  using Item = std::optional<Result<std::string_view>>;

  Item Step(std::string_view& bytes);
  Item StepValue(std::string_view& bytes);
  Item AfterMember(const Result<std::string_view>& value);
  bool IsOfWantedKind() const;
  Item Break(const std::string& what);

  ValueCapture capture_;
  std::string pushed_;
  std::size_t taken_ = 0;  // number of bytes of pushed_ consumed
  State state_ = State::kBegin;
  std::string key_;
  std::string metadata_;
  std::string wanted_kind_;
  std::string other_kind_;
  std::string kind_;  // as in the document, with quotes
  bool has_items_ = false;
  std::string broken_by_;
};

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_FRAMER_H_
