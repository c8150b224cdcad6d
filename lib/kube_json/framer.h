// Cuts byte streams into JSON values. Sans I/O: the caller pushes what it received, cut anywhere, and takes
// what has become complete. What a value holds is not looked at; Decode finds out.

#ifndef K8SM_LIB_KUBE_JSON_FRAMER_H_
#define K8SM_LIB_KUBE_JSON_FRAMER_H_

#include "lib/base/error.h"
#include "lib/kube_json/value_capture.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube_json {

// Above etcd's limit of 1.5 MiB for an object, which JSON's spelling can exceed.
inline constexpr std::size_t kMaxObjectBytes = 3 << 20;

// The body of a watch: JSON objects one after the other, with or without white space between.
class WatchFramer {
 public:
  explicit WatchFramer(std::size_t max_bytes = kMaxObjectBytes);

  void Push(std::string_view bytes);

  // The text of the next object, valid until the next call of Push or Next; nothing: push more. kMalformed:
  // - an object of more than `max_bytes`, or nested deeper than kMaxDepth, was dropped while it streamed; the
  //   message tells its beginning, and the stream goes on;
  // - what follows cannot begin an object: told once, then broken(), and all else is ignored.
  std::optional<Result<std::string_view>> Next();

  bool broken() const { return broken_; }
  // Whether a stream that ends here, with nothing left for Next, ends inside an object.
  bool mid_value() const { return capture_.started(); }

 private:
  ValueCapture capture_;
  std::string pushed_;
  std::size_t taken_ = 0;  // of pushed_
  bool broken_ = false;
};

// What a list says beside its items.
struct ListMeta {
  std::string resource_version;
  // For the next page; empty: this was the last.
  std::string continue_token;
};

// The body of a list response, {"kind":"PodList","metadata":{…},"items":[…]}, its members in any order. Holds
// never more than one item and what was pushed last.
class ListFramer {
 public:
  // `kind` is what the list has to be ("PodList"): an empty list of something else would read as if all had
  // gone. Empty: anything.
  explicit ListFramer(std::string_view kind = {}, std::size_t max_bytes = kMaxObjectBytes);

  void Push(std::string_view bytes);

  // The text of the next item, valid until the next call of Push or Next; nothing: push more. kMalformed as
  // with WatchFramer, of an item or of the document.
  std::optional<Result<std::string_view>> Next();

  // Whether Next has come to the document's end.
  bool done() const { return state_ == State::kEnd; }
  bool broken() const { return state_ == State::kBroken; }

  // kMalformed before done(), or where the document has no items (null counts as none) or no
  // metadata.resourceVersion.
  Result<ListMeta> meta() const;

 private:
  // What comes next in the document.
  enum class State {
    kBegin,
    kFirstKey,  // or the end of the document
    kKey,
    kColon,
    kMember,       // the value of the key that was read
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
  std::size_t taken_ = 0;  // of pushed_
  State state_ = State::kBegin;
  std::string key_;
  std::string metadata_;
  std::string wanted_kind_;
  std::string kind_;  // as it stands in the document, with its quotes
  bool has_items_ = false;
  std::string broken_by_;
};

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_FRAMER_H_
