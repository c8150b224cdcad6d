// Extracts the text of single JSON values from a byte stream.

#ifndef K8SM_LIB_KUBE_JSON_VALUE_CAPTURE_H_
#define K8SM_LIB_KUBE_JSON_VALUE_CAPTURE_H_

#include "lib/base/error.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube_json {

// Maximum nesting depth, here and in the decoder.
inline constexpr std::size_t kMaxDepth = 1000;

// Finds the end of a value from brackets and strings alone; it does not validate JSON. The bytes may be split
// anywhere.
class ValueScanner {
 public:
  // Returns how many of `bytes` belong to the value. If fewer than all, the value is complete; otherwise see
  // complete(). A number or literal is completed only by the first byte that cannot be part of it. REQUIRES:
  // !complete(), and the value's first byte is not one of ]},: or white space.
  std::size_t Scan(std::string_view bytes);

  // Whether the end of the value has been seen.
  bool complete() const { return complete_; }
  // Maximum depth so far.
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

// Whether a JSON value can begin with this byte.
bool CanBeginValue(char byte);

// Collects values one after the other.
class ValueCapture {
 public:
  explicit ValueCapture(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Consumes bytes from the front of `bytes` up to the end of the value; the caller must skip white space
  // before it. Returns the value's text, valid until the next call and as long as the data of `bytes`;
  // nullopt if the value continues. kMalformed if the value was larger than max_bytes or nested deeper than
  // kMaxDepth and was skipped.
  std::optional<Result<std::string_view>> Take(std::string_view& bytes);

  // Whether a value has begun and not ended yet.
  bool started() const { return started_; }

 private:
  Error Dropped() const;

  std::size_t max_bytes_;
  ValueScanner scanner_;
  bool started_ = false;
  std::size_t size_ = 0;  // size of the value so far
  std::string text_;      // its parts from earlier calls; only the beginning if the value is skipped
};

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_VALUE_CAPTURE_H_
