#include "lib/base/printable.h"

#include "lib/base/utf8.h"

#include <algorithm>
#include <cstdint>

namespace k8sm {
namespace {

constexpr std::string_view kCut = "...";

bool IsPlain(char c) {
  return c >= ' ' && c <= '~';
}

// Decodes one character. REQUIRES: `character` is one complete UTF-8 character.
std::uint32_t CodePoint(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return first;
  std::uint32_t code_point = first & (0xFFu >> (character.size() + 1));
  for (const char c : character.substr(1))
    code_point = code_point << 6 | (static_cast<unsigned char>(c) & 0x3F);
  return code_point;
}

// Control characters, everything that terminals and editors treat as a line break, invisible characters and
// characters that change the writing direction.
bool IsUnprintable(std::uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0xAD ||
         (code_point >= 0x200B && code_point <= 0x200F) || (code_point >= 0x2028 && code_point <= 0x202E) ||
         (code_point >= 0x2060 && code_point <= 0x206F) || code_point == 0xFEFF ||
         (code_point >= 0xFFF9 && code_point <= 0xFFFB);
}

// Returns the JSON escape. REQUIRES: `code_point` is below 0x10000.
std::string Escaped(std::uint32_t code_point) {
  static constexpr char kHex[] = "0123456789abcdef";
  if (code_point == '\n') return "\\n";
  if (code_point == '\r') return "\\r";
  if (code_point == '\t') return "\\t";
  return {'\\',
          'u',
          kHex[code_point >> 12],
          kHex[code_point >> 8 & 15],
          kHex[code_point >> 4 & 15],
          kHex[code_point & 15]};
}

// Removes the first character from `text` and returns its printable form.
std::string TakeShown(std::string_view& text, bool quoted) {
  const std::size_t size = CharacterSize(text);
  const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
  text.remove_prefix(character.size());
  if (size == 0) return "\\ufffd";
  const std::uint32_t code_point = CodePoint(character);
  if (IsUnprintable(code_point)) return Escaped(code_point);
  if (quoted && (code_point == '"' || code_point == '\\')) return {'\\', character.front()};
  return std::string(character);
}

std::string Shown(std::string_view text, std::size_t max_bytes, bool quoted) {
  std::string line;
  std::size_t cut = 0;  // length of the line if it has to be truncated
  while (!text.empty()) {
    line += TakeShown(text, quoted);
    if (line.size() > max_bytes) return line.substr(0, cut).append(kCut, 0, max_bytes - cut);
    if (max_bytes - line.size() >= kCut.size()) cut = line.size();
  }
  return line;
}

}  // namespace

std::string Printable(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes && std::all_of(text.begin(), text.end(), IsPlain)) return std::string(text);
  return Shown(text, max_bytes, false);
}

std::string Quoted(std::string_view text, std::size_t max_bytes) {
  const auto is_literal = [](char c) { return IsPlain(c) && c != '"' && c != '\\'; };
  if (text.size() <= max_bytes && std::all_of(text.begin(), text.end(), is_literal)) {
    std::string quoted;
    quoted.reserve(text.size() + 2);
    return quoted.append("\"").append(text).append("\"");
  }
  return "\"" + Shown(text, max_bytes, true) + "\"";
}

}  // namespace k8sm
