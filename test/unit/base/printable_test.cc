#include "lib/base/printable.h"

#include "lib/base/utf8.h"
#include "test/support/catch.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace k8sm {
namespace {

TEST_CASE("Printable leaves printable text unchanged") {
  CHECK(Printable("").empty());
  CHECK(Printable("shop/web", 8) == "shop/web");
  CHECK(Printable(" ~\"\\") == " ~\"\\");
  CHECK(Printable("M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x90\x99") ==
        "M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x90\x99");
}

TEST_CASE("characters that could break or forge a log line are escaped") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a\nb\r\tc", "a\\nb\\r\\tc"},
      {"\x1b[31mred", "\\u001b[31mred"},
      {std::string("\0\x1f\x7f", 3), "\\u0000\\u001f\\u007f"},
      {"a\xc2\x85z", "a\\u0085z"},                               // next line
      {"\xc2\x9f\xc2\xa0", "\\u009f\xc2\xa0"},                   // the last C1 control; a hard space
      {"\xc2\xad", "\\u00ad"},                                   // soft hyphen
      {"\xe2\x80\x8b\xe2\x80\x8f", "\\u200b\\u200f"},            // zero width, right-to-left mark
      {"\xe2\x80\x8a\xe2\x80\x90", "\xe2\x80\x8a\xe2\x80\x90"},  // hair space, hyphen
      {"\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029"},            // line and paragraph separator
      {"\xe2\x80\xae\xe2\x80\xaf", "\\u202e\xe2\x80\xaf"},       // right-to-left override; narrow space
      {"\xe2\x81\xa0\xe2\x81\xaf\xe2\x81\xb0", "\\u2060\\u206f\xe2\x81\xb0"},
      {"\xef\xbb\xbf", "\\ufeff"},  // byte order mark
      {"\xef\xbf\xb9\xef\xbf\xbb\xef\xbf\xbc", "\\ufff9\\ufffb\xef\xbf\xbc"},
  };
  for (const auto& [text, shown] : cases) {
    CHECK(Printable(text) == shown);
    CHECK(Quoted(text) == "\"" + shown + "\"");
  }
}

TEST_CASE("bytes that are not UTF-8 are replaced one by one") {
  CHECK(Printable("\xff") == "\\ufffd");
  CHECK(Printable("\xe2\x82z") == "\\ufffd\\ufffdz");
  CHECK(Printable("\xc0\x8a") == "\\ufffd\\ufffd");  // an overlong newline
}

TEST_CASE("Quoted makes a JSON string") {
  CHECK(Quoted("") == "\"\"");
  CHECK(Quoted("shop/web") == "\"shop/web\"");
  CHECK(Quoted("a \"b\" \\ \n") == "\"a \\\"b\\\" \\\\ \\n\"");
}

TEST_CASE("text that is too long is cut between characters") {
  CHECK(Printable("123456789", 8) == "12345...");
  CHECK(Printable("12345678", 8) == "12345678");
  CHECK(Printable("1234\xc3\xbc 89", 8) == "1234...");
  CHECK(Printable("123\xc3\xbc 789", 8) == "123\xc3\xbc...");
  CHECK(Printable("1234\n6789", 8) == "1234...");
  CHECK(Printable("1234", 2) == "..");
  CHECK(Quoted("123\"56789", 8) == "\"123\\\"...\"");
  CHECK(Printable(std::string(301, 'a')) == std::string(297, 'a') + "...");
  CHECK(Quoted(std::string(1000, 'a'), std::string::npos).size() == 1002);
}

TEST_CASE("Printable makes one line of valid UTF-8 and bounded length of any bytes") {
  std::minstd_rand random(3);
  for (int i = 0; i < 2'000; ++i) {
    std::string text(random() % 60, ' ');
    for (char& c : text) c = static_cast<char>(random() % 256);
    const std::size_t limit = random() % 80;
    const std::string line = Printable(text, limit);
    CHECK(line.size() <= limit);
    CHECK(Quoted(text, limit).size() <= limit + 2);
    CHECK(std::none_of(line.begin(), line.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }));
    CHECK(Utf8Prefix(line) == line.size());
    CHECK(Printable(line, limit) == line);
  }
}

}  // namespace
}  // namespace k8sm
