#include "lib/client/config/base64.h"

#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

TEST_CASE("EncodeBase64 and DecodeBase64 implement RFC 4648") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : cases) {
    CAPTURE(bytes);
    CHECK(EncodeBase64(bytes) == text);
    CHECK(DecodeBase64(text) == bytes);
  }
}

TEST_CASE("every byte survives encoding and decoding") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  CHECK(DecodeBase64(EncodeBase64(bytes)) == bytes);
}

TEST_CASE("DecodeBase64 skips line breaks and refuses anything else that is not base64") {
  CHECK(DecodeBase64("Zm9v\nYmFy\r\n") == "foobar");
  for (const std::string text :
       {"Zg", "Zg=", "Zm9v Zg==", "Zg==Zg==", "Z===", "====", "Zm9-", " Zm9vYg=", "=Zm9"}) {
    CAPTURE(text);
    CHECK_FALSE(DecodeBase64(text).has_value());
  }
}

}  // namespace
}  // namespace k8sm::client
