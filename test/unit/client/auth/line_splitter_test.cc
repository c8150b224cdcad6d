#include "lib/client/auth/line_splitter.h"

#include "test/support/catch.h"

#include <string>
#include <string_view>
#include <vector>

namespace k8sm::client {
namespace {

using Lines = std::vector<std::string>;

// What a splitter with these limits makes of the pieces.
Lines Split(const std::vector<std::string>& pieces, std::size_t max_lines = 3,
            std::size_t max_line_bytes = 10) {
  Lines lines;
  const auto take = [&lines](std::string_view line) { lines.emplace_back(line); };
  LineSplitter splitter(max_lines, max_line_bytes);
  for (const std::string& piece : pieces) splitter.Add(piece, take);
  splitter.End(take);
  return lines;
}

TEST_CASE("LineSplitter gives the same lines however their bytes arrive") {
  CHECK(Split({"one\ntwo\nlast"}) == Lines{"one", "two", "last"});
  CHECK(Split({"o", "ne\nt", "", "wo", "\n", "last"}) == Lines{"one", "two", "last"});
}

TEST_CASE("empty lines are skipped, and CRLF ends a line") {
  CHECK(Split({"\n\none\r\n\r\ntwo\r\n"}) == Lines{"one", "two"});
}

TEST_CASE("unprintable characters are escaped") {
  CHECK(Split({"a\tb\x1b\n"}) == Lines{"a\\tb\\u001b"});
  CHECK(Split({"a\tb\x1b\n"}, 3, 9) == Lines{"a\\tb..."});
}

TEST_CASE("a line that is too long is cut, and the next one is complete") {
  CHECK(Split({"0123456789\n0123456789abc\nnext\n"}) == Lines{"0123456789", "0123456789", "next"});
}

TEST_CASE("lines beyond the limit are replaced by one line that says so") {
  CHECK(Split({"1\n2\n3\n"}) == Lines{"1", "2", "3"});
  CHECK(Split({"1\n2\n3\n4\n5\n6\n"}) == Lines{"1", "2", "3", "(the rest is omitted)"});
}

}  // namespace
}  // namespace k8sm::client
