#include "lib/manifest/yaml_int.h"

#include "test/support/catch.h"

#include <cstdint>

namespace k8sm::manifest {
namespace {

TEST_CASE("ParseYamlInt reads integers in every notation that kubectl reads", "[manifest]") {
  for (const char* text : {"31004", "+31004", "31_004", "+_31004", "0x791c", "0X791C", "0o74434", "074434",
                           "31004.0", "3.1004e4", "0b111100100011100", "31004."}) {
    CAPTURE(text);
    CHECK(ParseYamlInt(text) == 31004);
  }
  CHECK(ParseYamlInt("031004") == 12804);
  CHECK(ParseYamlInt("089") == 89);
  CHECK(ParseYamlInt("0") == 0);
  CHECK(ParseYamlInt("-0") == 0);
  CHECK(ParseYamlInt("-17") == -17);
  CHECK(ParseYamlInt("9007199254740992") == std::int64_t{1} << 53);
}

TEST_CASE("ParseYamlInt refuses text that is not an integer, and numbers that are too large", "[manifest]") {
  for (const char* text : {"",
                           "_",
                           "_31004",
                           "+",
                           "-",
                           "--5",
                           "+-5",
                           "0x",
                           "0xg",
                           "0o8",
                           "0b2",
                           "1.5",
                           ".5",
                           ".",
                           "1e",
                           "1e400",
                           "inf",
                           "nan",
                           "31004L",
                           "0x-5",
                           "99999999999999999999",
                           "1e17",
                           "5 ",
                           "e5",
                           "--0",
                           "+-0",
                           "9007199254740994",
                           "18446744073709551615",
                           "0xffffffffffffffff",
                           "0x20000000000001"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseYamlInt(text).has_value());
  }
}

}  // namespace
}  // namespace k8sm::manifest
