#include "lib/base/utf8.h"

#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm {
namespace {

using namespace std::string_literals;

TEST_CASE("CharacterSize recognises characters of one to four bytes") {
  const std::vector<std::pair<std::string, std::size_t>> cases = {
      {"", 0},
      {"a", 1},
      {"\0"s, 1},
      {"\x7f", 1},
      {"\xc2\x80", 2},
      {"\xdf\xbf", 2},
      {"\xe0\xa0\x80", 3},
      {"\xed\x9f\xbf", 3},
      {"\xee\x80\x80", 3},
      {"\xef\xbf\xbf", 3},
      {"\xf0\x90\x80\x80", 4},
      {"\xf4\x8f\xbf\xbf", 4},
  };
  for (const auto& [text, size] : cases) {
    CAPTURE(text);
    CHECK(CharacterSize(text) == size);
    CHECK(CharacterSize(text + "xyz") == (text.empty() ? 1 : size));
  }
}

TEST_CASE("CharacterSize is 0 where no valid character begins") {
  const std::vector<std::string> cases = {
      "\x80",
      "\xbf",
      "\xc0\xaf",
      "\xc1\xbf",  // lone or overlong
      "\xe0\x9f\xbf",
      "\xf0\x8f\xbf\xbf",
      "\xed\xa0\x80",
      "\xed\xbf\xbf",  // overlong, surrogates
      "\xf4\x90\x80\x80",
      "\xf5\x80\x80\x80",
      "\xff",
      "\xfe",  // beyond Unicode
      "\xc2",
      "\xe2\x82",
      "\xf0\x90\x80",
      "\xc2z",  // cut off
  };
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK(CharacterSize(text) == 0);
  }
}

TEST_CASE("ToUtf8 replaces each byte that is not part of a character") {
  CHECK(ToUtf8("").empty());
  CHECK(ToUtf8("a\xe2\x82\xac"
               "b") ==
        "a\xe2\x82\xac"
        "b");
  CHECK(ToUtf8("\xff") == "\uFFFD");
  CHECK(ToUtf8("a\xff\xfe"
               "b\xe2\x82") ==
        "a\uFFFD\uFFFD"
        "b\uFFFD\uFFFD");
  CHECK(ToUtf8("\xed\xa0\x80") == "\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("Utf8Prefix ends at the first invalid byte") {
  for (std::size_t before = 0; before < 40; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      CAPTURE(before, after);
      const std::string good = std::string(before, 'a') + "\xe2\x82\xac" + std::string(after, 'b');
      CHECK(Utf8Prefix(good) == good.size());
      CHECK(Utf8Prefix(good + "\xff") == good.size());
      CHECK(Utf8Prefix(good + "\xff" + good) == good.size());
      CHECK(Utf8Prefix(std::string(before, 'a') + "\x82" + std::string(after, 'b')) == before);
    }
  }
}

}  // namespace
}  // namespace k8sm
