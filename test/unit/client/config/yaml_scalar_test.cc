#include "lib/client/config/yaml_scalar.h"

#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::client {
namespace {

using Kind = YamlValue::Kind;

struct Case {
  std::string tag;
  std::string text;
  Kind kind;
  std::string json;  // or the text
};

const std::string kBinary = "tag:yaml.org,2002:binary";
const std::string kBool = "tag:yaml.org,2002:bool";
const std::string kFloat = "tag:yaml.org,2002:float";
const std::string kInt = "tag:yaml.org,2002:int";
const std::string kNull = "tag:yaml.org,2002:null";
const std::string kStr = "tag:yaml.org,2002:str";

TEST_CASE("ResolveScalar gives a scalar the type and value that kubectl gives it") {
  std::vector<Case> cases = {
      {"?", "", Kind::kNull, ""},
      {"?", "~", Kind::kNull, ""},
      {"?", "Null", Kind::kNull, ""},
      {"?", "nULL", Kind::kText, "nULL"},
      {"?", "tRue", Kind::kText, "tRue"},
      {"?", "0", Kind::kNumber, "0"},
      {"?", "-1", Kind::kNumber, "-1"},
      {"?", "+1", Kind::kNumber, "1"},
      {"?", "1.5", Kind::kNumber, "1.5"},
      {"?", "1e9", Kind::kNumber, "1e9"},
      {"?", "1.", Kind::kNumber, "1"},
      {"?", "+.5", Kind::kNumber, "0.5"},
      {"?", "010", Kind::kNumber, "8"},
      {"?", "0o17", Kind::kNumber, "15"},
      {"?", "-0x1F", Kind::kNumber, "-31"},
      {"?", "0b101", Kind::kNumber, "5"},
      {"?", "1_000", Kind::kNumber, "1000"},
      {"?", "09", Kind::kNumber, "9"},
      {"?", "1-2", Kind::kText, "1-2"},
      {"?", "1.2.3", Kind::kText, "1.2.3"},
      {"?", "0x", Kind::kText, "0x"},
      {"?", "-", Kind::kText, "-"},
      {"?", ".", Kind::kText, "."},
      {"?", "1e", Kind::kText, "1e"},
      {"?", "_1", Kind::kText, "_1"},
      {"?", "e9", Kind::kText, "e9"},
      {"?", "2020-01-01", Kind::kText, "2020-01-01"},
      {"!", "true", Kind::kText, "true"},
      {"!", "", Kind::kText, ""},
      {"!secret", "1", Kind::kText, "1"},
      {kStr, "12", Kind::kText, "12"},
      {"tag:yaml.org,2002:timestamp", "2001-01-01", Kind::kText, "2001-01-01"},
      {kInt, "12", Kind::kNumber, "12"},
      {kFloat, "1", Kind::kNumber, "1"},
      {kBool, "on", Kind::kBool, "true"},
      {kNull, "~", Kind::kNull, ""},
      {kBinary, "dG9rLWJpbmFyeQ==", Kind::kText, "tok-binary"},
      {kBinary, "", Kind::kText, ""},
  };
  for (const char* yes : {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
    cases.push_back({"?", yes, Kind::kBool, "true"});
  for (const char* no : {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
    cases.push_back({"?", no, Kind::kBool, "false"});
  for (const Case& test : cases) {
    CAPTURE(test.tag, test.text);
    const auto value = ResolveScalar(test.tag, test.text);
    REQUIRE(value.has_value());
    CHECK(value->kind == test.kind);
    CHECK(value->text == test.json);
  }
}

TEST_CASE("a scalar that does not match its tag is refused") {
  CHECK_FALSE(ResolveScalar(kBinary, "aGk").has_value());
  CHECK_FALSE(ResolveScalar(kBinary, "/w==").has_value());  // not UTF-8
  CHECK_FALSE(ResolveScalar(kNull, "x").has_value());
  CHECK_FALSE(ResolveScalar(kBool, "1").has_value());
  CHECK_FALSE(ResolveScalar(kInt, "yes").has_value());
  CHECK_FALSE(ResolveScalar(kFloat, "x").has_value());
}

}  // namespace
}  // namespace k8sm::client
