#include "lib/kube_proto/capture.h"

#include <algorithm>

namespace k8sm::kube_proto {
namespace {

constexpr int kBitsPerByte = 7;
constexpr std::size_t kMaxVarintBytes = 10;
// A value that arrived in pieces may have been large; its memory is not kept for the next.
constexpr std::size_t kKeptBytes = 64 << 10;

enum class Wire { kVarint = 0, k64Bit = 1, kLengthDelimited = 2, k32Bit = 5 };

Error Malformed(const std::string& message) {
  return {.code = Errc::kMalformed, .message = message};
}

// Takes a varint from the front of `bytes`; nullopt if it is incomplete. `bytes` is unchanged then.
std::optional<Result<std::uint64_t>> TakeVarint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < std::min(bytes.size(), kMaxVarintBytes); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= std::uint64_t(byte & 0x7f) << (kBitsPerByte * i);
    if (byte >= 0x80) continue;
    bytes.remove_prefix(i + 1);
    return value;
  }
  if (bytes.size() < kMaxVarintBytes) return std::nullopt;
  return Malformed("invalid protobuf (a varint of more than 10 bytes)");
}

}  // namespace

void Capture::Begin(std::uint64_t size, bool wanted) {
  if (text_.capacity() > kKeptBytes) text_ = {};
  text_.clear();
  started_ = true;
  wanted_ = wanted;
  size_ = left_ = size;
}

std::optional<Result<std::string_view>> Capture::Take(std::string_view& bytes) {
  const std::string_view piece =
      bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
  bytes.remove_prefix(piece.size());
  const bool in_one_piece = left_ == size_ && piece.size() == size_;
  left_ -= piece.size();
  started_ = left_ > 0;
  const bool too_large = wanted_ && size_ > max_bytes_;
  if (wanted_ && !too_large && !in_one_piece) text_.append(piece);
  if (started_) return std::nullopt;
  if (too_large)
    return Malformed("a value of " + std::to_string(size_) + " bytes was dropped: more than " +
                     std::to_string(max_bytes_));
  if (!wanted_) return std::string_view();
  return in_one_piece ? piece : std::string_view(text_);
}

std::optional<Result<FieldHead>> ReadHead(std::string_view bytes) {
  const std::size_t size = bytes.size();
  const auto tag = TakeVarint(bytes);
  if (!tag) return std::nullopt;
  if (tag->has_error()) return tag->error();
  FieldHead head;
  constexpr std::uint64_t kLargestNumber = (1 << 29) - 1;
  if (**tag >> 3 == 0 || **tag >> 3 > kLargestNumber)
    return Malformed("invalid protobuf (field " + std::to_string(**tag >> 3) + ")");
  head.number = static_cast<std::uint32_t>(**tag >> 3);
  switch (static_cast<Wire>(**tag & 7)) {
    case Wire::k64Bit:
      head.value_size = 8;
      break;
    case Wire::k32Bit:
      head.value_size = 4;
      break;
    case Wire::kVarint:
    case Wire::kLengthDelimited: {
      const auto value = TakeVarint(bytes);
      if (!value) return std::nullopt;
      if (value->has_error()) return value->error();
      head.is_text = static_cast<Wire>(**tag & 7) == Wire::kLengthDelimited;
      if (head.is_text) head.value_size = **value;
      break;
    }
    default:
      return Malformed("invalid protobuf (wire type " + std::to_string(**tag & 7) + ")");
  }
  head.head_size = size - bytes.size();
  return head;
}

}  // namespace k8sm::kube_proto
