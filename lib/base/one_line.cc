#include "lib/base/one_line.h"

#include <algorithm>

namespace k8sm {
namespace {

constexpr std::string_view kCut = "...";

bool IsPlain(char c) {
  return c >= ' ' && c <= '~';
}

// The length of the character that begins a text with a byte above ASCII, as the lead byte tells it; 0 where
// what follows does not fit it, or is a control character (U+0080 to U+009F).
std::size_t MultibyteSize(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (size == 0 || lead >= 0xF5 || text.size() < size) return 0;
  const bool continued = std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(size),
                                     [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; });
  const bool control = lead == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
  return continued && !control ? size : 0;
}

std::string Escaped(char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  const auto byte = static_cast<unsigned char>(c);
  return {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
}

}  // namespace

std::string OneLine(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes && std::all_of(text.begin(), text.end(), IsPlain)) return std::string(text);
  std::string line;
  std::size_t cut = 0;  // where the line ends if it has to be cut
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t size = IsPlain(c) ? 1 : static_cast<signed char>(c) < 0 ? MultibyteSize(text) : 0;
    line += size > 0 ? std::string(text.substr(0, size)) : Escaped(c);
    if (line.size() > max_bytes) return line.substr(0, cut).append(kCut, 0, max_bytes - cut);
    if (line.size() + kCut.size() <= max_bytes) cut = line.size();
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return line;
}

}  // namespace k8sm
