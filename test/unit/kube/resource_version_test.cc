#include "lib/kube/resource_version.h"

#include "lib/kube/symbol.h"
#include "test/support/catch.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube {
namespace {

const std::vector<std::string> kTexts = {
    "",
    "0",
    "1",
    "7",
    "42",
    "010",
    "-1",
    "+1",
    " 1",
    "1 ",
    "1x",
    "abc",
    "1.0",
    std::string("1\0", 2),
    "4611686018427387904",  // 2^62
    "9223372036854775807",  // 2^63 - 1, the largest that is kept as a number
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999"};

TEST_CASE("a resource version is as large as a pointer") {
  STATIC_REQUIRE(sizeof(ResourceVersion) == sizeof(void*));
}

TEST_CASE("a resource version has the text from which it was made, and equals no other") {
  for (const std::string& text : kTexts) {
    CAPTURE(text);
    const ResourceVersion version(text);
    CHECK(version.Text() == text);
    CHECK(version.empty() == text.empty());
    for (const std::string& other : kTexts) {
      CAPTURE(other);
      CHECK((version == ResourceVersion(other)) == (text == other));
      CHECK((version == other) == (text == other));
    }
  }
  CHECK(ResourceVersion().empty());
}

TEST_CASE("a resource version can be copied, moved and assigned whether it is a number or not") {
  for (const std::string& from : kTexts) {
    for (const std::string& to : kTexts) {
      CAPTURE(from, to);
      const ResourceVersion original(from);
      ResourceVersion copy(original);
      CHECK(copy == original);
      ResourceVersion assigned(to);
      assigned = original;
      CHECK(assigned == original);
      const ResourceVersion moved(std::move(copy));
      CHECK(moved == original);
      ResourceVersion move_assigned(to);
      move_assigned = std::move(assigned);
      CHECK(move_assigned == original);
      auto& same = move_assigned;
      move_assigned = same;
      CHECK(move_assigned.Text() == from);
    }
  }
}

TEST_CASE("a text that is no number is freed with the last resource version that has it") {
  const std::size_t before = Symbol::InternedCount();
  {
    const ResourceVersion version("a text that nothing else has");
    CHECK(Symbol::InternedCount() == before + 1);
    const ResourceVersion number("123456");
    CHECK(Symbol::InternedCount() == before + 1);
  }
  CHECK(Symbol::InternedCount() == before);
}

TEST_CASE("resource versions compare as numbers of any length") {
  CHECK(IsNewer("10", "9"));
  CHECK_FALSE(IsNewer("9", "10"));
  CHECK_FALSE(IsNewer("10", "10"));
  CHECK(IsNewer("100000000000000000000000000", "99999999999999999999999999"));
  CHECK(IsNewer("9223372036854775808", "9223372036854775807"));
  CHECK_FALSE(IsNewer("9223372036854775807", "9223372036854775808"));
}

TEST_CASE("IsNewer takes the later version for the newer one if either is not a number") {
  CHECK(IsNewer("abc", "10"));
  CHECK(IsNewer("10", ""));
  CHECK(IsNewer("9", "010"));
  CHECK(IsNewer("9", "10x"));
  CHECK(IsNewer("0", "10"));
  CHECK(IsNewer("", "10"));
}

}  // namespace
}  // namespace k8sm::kube
