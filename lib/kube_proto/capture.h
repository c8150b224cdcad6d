// Extracts length-delimited values and the heads of fields from a stream of bytes.

#ifndef K8SM_LIB_KUBE_PROTO_CAPTURE_H_
#define K8SM_LIB_KUBE_PROTO_CAPTURE_H_

#include "lib/base/error.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube_proto {

// Collects values of known size one after the other. Its memory grows with what has arrived, not with what a
// length promises.
class Capture {
 public:
  explicit Capture(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Begins a value. A value that is not `wanted` is skipped.
  void Begin(std::uint64_t size, bool wanted = true);

  // Consumes bytes of the value from the front of `bytes`. Returns the value, valid until the next call of
  // Begin and as long as the data of `bytes`, empty if it was not wanted; nullopt if it continues. kMalformed
  // if it was larger than max_bytes and was skipped. REQUIRES: started().
  std::optional<Result<std::string_view>> Take(std::string_view& bytes);

  // Whether a value has begun and not ended yet.
  bool started() const { return started_; }

 private:
  std::size_t max_bytes_;
  bool started_ = false;
  bool wanted_ = false;
  std::uint64_t size_ = 0;  // of the whole value
  std::uint64_t left_ = 0;  // bytes still to come
  std::string text_;        // its parts from earlier calls
};

// The head of a field.
struct FieldHead {
  std::uint32_t number = 0;
  std::uint64_t value_size = 0;  // of what follows the head
  bool is_text = false;          // whether it is a message or text
  std::size_t head_size = 0;
};

// No head is longer: a tag and a length, or a tag and an integer.
inline constexpr std::size_t kMaxHeadBytes = 20;

// Reads the head at the front of `bytes`; the value of an integer is part of the head. nullopt if it is
// incomplete. Fails with kMalformed if it is invalid.
std::optional<Result<FieldHead>> ReadHead(std::string_view bytes);

}  // namespace k8sm::kube_proto

#endif  // K8SM_LIB_KUBE_PROTO_CAPTURE_H_
