// The text of one JSON value out of a byte stream.

#ifndef K8SM_LIB_KUBE_JSON_VALUE_CAPTURE_H_
#define K8SM_LIB_KUBE_JSON_VALUE_CAPTURE_H_

#include "lib/base/error.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube_json {

// How deep a value may nest, here and in the decoder.
inline constexpr std::size_t kMaxDepth = 1000;

// Finds where a value ends, from its brackets and strings alone: that it is JSON is for the decoder to say.
// Bytes may come cut anywhere.
class ValueScanner {
 public:
  // How many of `bytes` belong to the value. Fewer than all: it is complete. All: see complete(). A number or
  // a literal ends at the first byte that can be no part of one, so only a further byte completes it.
  // REQUIRES: !complete(), and the value's first byte is none of ]},: or white space.
  std::size_t Scan(std::string_view bytes);

  bool complete() const { return complete_; }
  // How deep the value has been so far.
  std::size_t deepest() const { return deepest_; }

 private:
  enum class State { kBegin, kOutside, kString, kEscape, kScalar };

  std::size_t ScanOutside(std::string_view bytes, std::size_t pos);
  std::size_t ScanString(std::string_view bytes, std::size_t pos);

  State state_ = State::kBegin;
  std::size_t depth_ = 0;
  std::size_t deepest_ = 0;
  bool complete_ = false;
};

// Whether a value can begin with this byte.
bool CanBeginValue(char byte);

// Collects one value after the other.
class ValueCapture {
 public:
  explicit ValueCapture(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Takes bytes off the front of `bytes`, up to the end of a value; white space before it is the caller's.
  // Its text, which is valid until the next call and as long as what `bytes` views; nothing: all were taken
  // and the value goes on. kMalformed: the value was longer than max_bytes or nested deeper than kMaxDepth
  // and was dropped while it came in.
  std::optional<Result<std::string_view>> Take(std::string_view& bytes);

  // Whether a value has begun and not yet ended.
  bool started() const { return started_; }

 private:
  Error Dropped() const;

  std::size_t max_bytes_;
  ValueScanner scanner_;
  bool started_ = false;
  std::size_t size_ = 0;  // of the value so far
  std::string text_;      // its pieces from earlier calls; of a value that is dropped, its beginning
};

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_VALUE_CAPTURE_H_
