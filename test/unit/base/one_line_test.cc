#include "lib/base/one_line.h"

#include "test/support/catch.h"

#include <algorithm>
#include <random>
#include <string>

namespace k8sm {
namespace {

TEST_CASE("text that fits on a line stays as it is") {
  CHECK(OneLine("", 10).empty());
  CHECK(OneLine("shop/web", 8) == "shop/web");
  CHECK(OneLine("M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x90\x99 C:\\", 100) ==
        "M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x90\x99 C:\\");
}

TEST_CASE("control characters are escaped") {
  CHECK(OneLine("a\nb\r\tc", 100) == "a\\nb\\r\\tc");
  CHECK(OneLine("\x1b[31mred", 100) == "\\x1b[31mred");
  CHECK(OneLine(std::string_view("\0\x7f", 2), 100) == "\\x00\\x7f");
  // U+0085, a line's end to some.
  CHECK(OneLine("a\xc2\x85z", 100) == "a\\xc2\\x85z");
}

TEST_CASE("bytes that are not UTF-8 are escaped") {
  CHECK(OneLine("\xff", 100) == "\\xff");
  CHECK(OneLine("\xc3", 100) == "\\xc3");
  CHECK(OneLine("\xe2\x82", 100) == "\\xe2\\x82");
  CHECK(OneLine("\xc3z", 100) == "\\xc3z");
  CHECK(OneLine("\xf8\x80\x80\x80", 100) == "\\xf8\\x80\\x80\\x80");
}

TEST_CASE("what is too long is cut between characters") {
  CHECK(OneLine("123456789", 8) == "12345...");
  CHECK(OneLine("1234\xc3\xbc 89", 8) == "1234...");
  CHECK(OneLine("123\xc3\xbc 789", 8) == "123\xc3\xbc...");
  CHECK(OneLine("1234\n6789", 8) == "1234...");
  CHECK(OneLine("1234", 2) == "..");
}

TEST_CASE("whatever comes in, one line of bounded length comes out") {
  std::minstd_rand random(3);
  for (int i = 0; i < 2'000; ++i) {
    std::string text(random() % 60, ' ');
    for (char& c : text) c = static_cast<char>(random() % 256);
    const std::size_t limit = random() % 80;
    const std::string line = OneLine(text, limit);
    CHECK(line.size() <= limit);
    CHECK(std::none_of(line.begin(), line.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }));
    CHECK(OneLine(line, limit) == line);
  }
}

}  // namespace
}  // namespace k8sm
