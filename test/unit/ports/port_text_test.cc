#include "lib/ports/port_text.h"

#include "test/support/catch.h"

namespace k8sm::ports {
namespace {

TEST_CASE("ParseRanges reads ranges as Mesos writes them", "[ports]") {
  struct Case {
    std::string text;
    std::string set;
  };
  const std::vector<Case> cases = {
      {"[31000-31004, 31006-32000]", "31000-31004,31006-32000"},
      {"[31000-31000]", "31000"},
      {"[]", ""},
      {" [ 1 - 2 , 65535-65535 ] ", "1-2,65535"},
      {"[1-2,2-3]", "1-3"},
      {"[1-2,3-4]", "1-4"},
      {"[5-6,1-2]", "1-2,5-6"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto set = ParseRanges(c.text);
    REQUIRE(set.has_value());
    CHECK(ToString(*set) == c.set);
  }
}

TEST_CASE("ParseRanges refuses malformed ranges and says where", "[ports]") {
  struct Case {
    std::string text;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"", "byte 0: expected \"[\""},
      {"31000-31001", "byte 0: expected \"[\""},
      {"[31000]", "byte 6: expected \"-\""},
      {"[5-1]", "byte 4: a range that ends before it begins"},
      {"[1-70000]", "byte 8: a port is a number from 1 to 65535"},
      {"[0-5]", "byte 2: a port is a number from 1 to 65535"},
      {"[99999999999999999999-1]", "byte 6: a port is a number from 1 to 65535"},
      {"[1-2", "byte 4: expected \",\" or \"]\""},
      {"[1-2,]", "byte 5: expected a number"},
      {"[1-2]x", "byte 5: expected the end"},
      {"[a-b]", "byte 1: expected a number"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto set = ParseRanges(c.text);
    REQUIRE_FALSE(set.has_value());
    CHECK(set.error().code == Errc::kMalformed);
    CHECK(set.error().message == "port ranges: " + c.message);
  }
}

TEST_CASE("ParseRanges refuses a text of more than 64 KiB", "[ports]") {
  const std::string blanks(kMaxRangesText - 7, ' ');
  CHECK(ParseRanges("[31-31]" + blanks).has_value());
  CHECK_FALSE(ParseRanges("[31-31] " + blanks).has_value());
}

TEST_CASE("ParseResources reads the ports of each role from the text of --resources", "[ports]") {
  const auto roles =
      ParseResources("cpus:4;ports(fixed):[1-2]; ports:[3-4];mem(x):10;ports ( web ):[7-7];ports:[5-5];");
  REQUIRE(roles.has_value());
  REQUIRE(roles->size() == 3);
  CHECK(ToString(roles->at("*")) == "3-5");
  CHECK(ToString(roles->at("fixed")) == "1-2");
  CHECK(ToString(roles->at("web")) == "7");
  CHECK(ParseResources("")->empty());
}

TEST_CASE("ParseResources names the resource that is malformed", "[ports]") {
  CHECK(ParseResources("ports").error().message == "resource \"ports\": expected NAME:VALUE");
  CHECK(ParseResources("ports:[5-1]").error().message ==
        "resource \"ports:[5-1]\": port ranges: byte 4: a range that ends before it begins");
}

}  // namespace
}  // namespace k8sm::ports
