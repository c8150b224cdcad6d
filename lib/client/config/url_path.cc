#include "lib/client/config/url_path.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace k8sm::client {
namespace {

// As encodePath of Go's net/url.
std::string Encoded(std::string_view segment) {
  constexpr std::string_view kAllowed = "-_.~$&+,:;=@";
  constexpr const char* kHex = "0123456789ABCDEF";
  std::string text;
  for (const char c : segment) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x80 && std::isalnum(byte) != 0) || kAllowed.find(c) != std::string_view::npos) {
      text += c;
    } else {
      text.append("%").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
  return text;
}

}  // namespace

std::string CleanPath(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
  }
  std::string cleaned;
  for (const std::string_view segment : segments) cleaned += "/" + Encoded(segment);
  return cleaned;
}

}  // namespace k8sm::client
