#include "lib/base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace k8sm {
namespace {

// Length of a character that begins with a given byte, and the smallest code point that needs this length.
struct Lead {
  std::size_t size = 0;
  std::uint32_t least = 0;
};

Lead LeadOf(unsigned char byte) {
  if (byte < 0x80) return {1, 0};
  if (byte >= 0xC0 && byte < 0xE0) return {2, 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return {3, 0x800};
  if (byte >= 0xF0 && byte < 0xF8) return {4, 0x10000};
  return {};
}

}  // namespace

std::size_t CharacterSize(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text.front());
  const Lead lead = LeadOf(first);
  if (lead.size <= 1) return lead.size;
  if (text.size() < lead.size) return 0;
  std::uint32_t code_point = first & (0xFFu >> (lead.size + 1));
  for (std::size_t i = 1; i < lead.size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return 0;
    code_point = code_point << 6 | (next & 0x3F);
  }
  const bool surrogate = code_point >= 0xD800 && code_point < 0xE000;
  return code_point < lead.least || code_point > 0x10FFFF || surrogate ? 0 : lead.size;
}

std::size_t Utf8Prefix(std::string_view text) {
  std::size_t pos = 0;
  while (pos < text.size()) {
    // Fast path for ASCII, which is most text: eight bytes at a time, the last of which may overlap others.
    std::uint64_t word = 0;
    if (text.size() >= sizeof word) {
      const std::size_t begin = std::min(pos, text.size() - sizeof word);
      std::memcpy(&word, text.data() + begin, sizeof word);
      if ((word & 0x8080808080808080) == 0) {
        pos = begin + sizeof word;
        continue;
      }
    }
    const bool ascii = static_cast<unsigned char>(text[pos]) < 0x80;
    const std::size_t size = ascii ? 1 : CharacterSize(text.substr(pos));
    if (size == 0) break;
    pos += size;
  }
  return pos;
}

std::string ToUtf8(std::string_view text) {
  std::string valid;
  for (;;) {
    const std::size_t size = Utf8Prefix(text);
    valid.append(text.substr(0, size));
    if (size == text.size()) return valid;
    valid += "\uFFFD";
    text.remove_prefix(size + 1);
  }
}

}  // namespace k8sm
