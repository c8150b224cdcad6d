#include "test/apiserver/target.h"

namespace k8sm::apiserver {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 && HexDigit(text[i + 2]) >= 0) {
      decoded += char(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

// Removes and returns the text before the separator; all of it if there is none.
std::string_view Take(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text = at == text.npos ? std::string_view() : text.substr(at + 1);
  return part;
}

}  // namespace

Target Target::Parse(std::string_view text) {
  Target target;
  std::string_view path = Take(text, '?');
  if (path.starts_with('/')) path.remove_prefix(1);
  while (!path.empty()) target.path.push_back(PercentDecode(Take(path, '/'), false));
  while (!text.empty()) {
    std::string_view pair = Take(text, '&');
    std::string name = PercentDecode(Take(pair, '='), true);
    target.query[std::move(name)] = PercentDecode(pair, true);
  }
  return target;
}

std::string_view Target::Query(std::string_view name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string_view() : found->second;
}

bool Target::Flag(std::string_view name) const {
  const std::string_view value = Query(name);
  return value == "true" || value == "1" || value == "True" || value == "t";
}

std::string Target::PathText() const {
  std::string text;
  for (const std::string& part : path) text.append("/").append(part);
  return text.empty() ? "/" : text;
}

}  // namespace k8sm::apiserver
