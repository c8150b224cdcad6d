#include "lib/client/config/credential_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

namespace k8sm::client {
namespace {

constexpr std::size_t kMaxBytes = 16 << 20;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Error Invalid(const std::string& path, const std::string& why) {
  return {.code = Errc::kInvalidConfig, .message = path + ": " + why};
}

Error SystemError(const std::string& path) {
  return Invalid(path, std::generic_category().message(errno));
}

}  // namespace

Result<std::string> ReadFile(const std::string& path) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
  if (!file) return SystemError(path);
  std::string text;
  std::array<char, 16384> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    text.append(buffer.data(), size);
    if (text.size() > kMaxBytes) return Invalid(path, "is larger than 16 MiB");
  }
  if (std::ferror(file.get()) != 0) return SystemError(path);
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
  return std::all_of(token.begin(), token.end(), printable) ? "" : "holds characters that no token has";
}

}  // namespace k8sm::client
