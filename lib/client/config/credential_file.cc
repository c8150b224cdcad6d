#include "lib/client/config/credential_file.h"

#include "lib/base/read_file.h"

#include <algorithm>
#include <cstdio>

namespace k8sm::client {
namespace {

constexpr std::size_t kMaxBytes = 16 << 20;

Error Invalid(const std::string& path, const std::string& why) {
  return {.code = Errc::kInvalidConfig, .message = path + ": " + why};
}

}  // namespace

Result<std::string> ReadFile(const std::string& path) {
  auto text = ReadToEnd(std::fopen(path.c_str(), "re"), kMaxBytes);
  if (!text) return Invalid(path, text.error().message);
  return text;
}

Result<std::string> ReadTokenFile(const std::string& path) {
  auto text = ReadFile(path);
  if (!text) return text;
  constexpr const char* kSpace = " \t\r\n";
  const std::size_t begin = text->find_first_not_of(kSpace);
  if (begin == std::string::npos) return Invalid(path, "is empty");
  std::string token = text->substr(begin, text->find_last_not_of(kSpace) + 1 - begin);
  if (const std::string why = WhyNoToken(token); !why.empty()) return Invalid(path, why);
  return token;
}

std::string WhyNoToken(std::string_view token) {
  const auto printable = [](char c) { return c > ' ' && c < 0x7f; };
  return std::all_of(token.begin(), token.end(), printable)
             ? ""
             : "holds characters that are not allowed in a token";
}

}  // namespace k8sm::client
