#include "lib/client/message/gunzip.h"

#include "test/support/catch.h"
#include "test/unit/client/message/gzip.h"

#include <string>

namespace k8sm::client {
namespace {

// The decompressed text of the bytes, fed in pieces of `size` bytes.
Result<std::string> Expand(const std::string& bytes, std::size_t size) {
  Gunzip gunzip;
  std::string all;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    gunzip.Feed(std::string_view(bytes).substr(at, size));
    for (;;) {
      const auto text = gunzip.Next();
      if (!text) return text.error();
      if (text->empty()) break;
      all += *text;
    }
  }
  if (auto end = gunzip.End(); !end) return end.error();
  return all;
}

TEST_CASE("Gunzip gives the same text however the bytes are split") {
  const std::string text = R"({"kind":"PodList","items":[{},{},{}]})";
  const std::string bytes = Gzip(text);
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    CAPTURE(size);
    CHECK(Expand(bytes, size).value() == text);
  }
}

TEST_CASE("Gunzip expands 30 KB to 20 MB") {
  const std::string text(20'000'000, 'x');
  const std::string bytes = Gzip(text);
  CHECK(bytes.size() < 30'000);
  CHECK(Expand(bytes, bytes.size()).value() == text);
}

TEST_CASE("Gunzip accepts concatenated bodies, an empty one and none") {
  CHECK(Expand(Gzip("one ") + Gzip("") + Gzip("two"), 7).value() == "one two");
  CHECK(Expand("", 1).value().empty());
  CHECK(Expand(Gzip(""), 1).value().empty());
}

TEST_CASE("a compressed body that is truncated or corrupt is malformed") {
  const std::string bytes = Gzip("some text that is long enough to be worth it, some text that is");
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    CAPTURE(size);
    const auto text = Expand(bytes.substr(0, size), 5);
    REQUIRE(text.has_error());
    CHECK(text.error().code == Errc::kMalformed);
    CHECK(text.error().message == "a compressed answer that ends too early");
  }
  for (const std::string& broken :
       {std::string("{}"), bytes + "x{}", "\x1f\x8b\x08" + std::string(100, '\xff')}) {
    const auto text = Expand(broken, 1000);
    REQUIRE(text.has_error());
    CHECK(text.error().code == Errc::kMalformed);
  }
  std::string checksum = bytes;
  checksum[checksum.size() - 5] ^= 1;
  CHECK(Expand(checksum, 1000).error().message == "a compressed answer that is not valid gzip");
}

}  // namespace
}  // namespace k8sm::client
