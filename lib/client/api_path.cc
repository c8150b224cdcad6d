#include "lib/client/api_path.h"

namespace k8sm::client {
namespace {

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

std::string PercentEncode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return encoded;
}

std::string CollectionPath(const Resource& resource, std::string_view ns) {
  std::string path = resource.prefix;
  if (!ns.empty()) path += "/namespaces/" + PercentEncode(ns);
  return path + "/" + resource.plural;
}

std::string ObjectPath(const Resource& resource, std::string_view ns, std::string_view name) {
  return CollectionPath(resource, ns) + "/" + PercentEncode(name);
}

QueryBuilder& QueryBuilder::Add(std::string_view name, std::string_view value) {
  text_ += text_.empty() ? '?' : '&';
  text_.append(name).append("=").append(PercentEncode(value));
  return *this;
}

}  // namespace k8sm::client
