#include "lib/client/config/base64.h"

#include <openssl/evp.h>

#include <algorithm>

namespace k8sm::client {
namespace {

unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool IsSymbol(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  // EVP_EncodeBlock() appends a null byte.
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(Bytes(text), Bytes(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string symbols(text);
  std::erase_if(symbols, [](char c) { return c == '\n' || c == '\r'; });
  if (symbols.size() % 4 != 0) return std::nullopt;
  // EVP_DecodeBlock() accepts misplaced padding and strips white space, so the input is checked here.
  const std::size_t last = symbols.find_last_not_of('=');
  const std::size_t length = last == std::string::npos ? 0 : last + 1;
  const std::size_t padding = symbols.size() - length;
  if (padding > 2 ||
      !std::all_of(symbols.begin(), symbols.begin() + static_cast<std::ptrdiff_t>(length), IsSymbol))
    return std::nullopt;
  std::string bytes(symbols.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(Bytes(bytes), Bytes(std::string_view(symbols)), static_cast<int>(symbols.size()));
  if (size < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

}  // namespace k8sm::client
