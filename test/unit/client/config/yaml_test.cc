#include "lib/client/config/yaml.h"

#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

std::string Refusal(const std::string& text) {
  const auto parsed = ParseYaml(text);
  return parsed ? "" : parsed.error().message;
}

std::optional<std::string> Json(const std::string& text) {
  const auto parsed = ParseYaml(text);
  REQUIRE(parsed.has_value());
  return ToJson(**parsed);
}

TEST_CASE("YAML with too many bytes, values or levels of nesting is refused") {
  const std::string too_much = "line 1 goes beyond 100 levels of nesting or 200,000 values";
  CHECK(Refusal(std::string(100, '[') + std::string(100, ']')).empty());
  CHECK(Refusal(std::string(101, '[') + std::string(101, ']')) == too_much);
  CHECK(Refusal(std::string(1'000'000, '[')) == too_much);
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  CHECK(Refusal(dashes) == too_much);
  std::string maps;
  for (int i = 0; i < 200; ++i) maps += "{a: ";
  CHECK(Refusal(maps) == too_much);
  CHECK(Refusal("[" + std::string(300'000, ',') + "]").find("line 1 ") == 0);
  std::string values = "[";
  for (int i = 0; i < 300'000; ++i) values += "1,";
  CHECK(Refusal(values + "]") == too_much);
  CHECK(Refusal(std::string(5 << 20, 'a')) == "is larger than 4 MiB");
}

TEST_CASE("text that is neither YAML nor JSON is reported with its line and not repeated") {
  CHECK(Refusal("a: b\nc: [secret") == "line 2 is neither YAML nor JSON");
  CHECK(Refusal("a: b\nc: *secret") == "line 2 is neither YAML nor JSON");
  CHECK(Refusal("a: b\n\"c\xd8\": d") == "line 2 is neither YAML nor JSON");
  CHECK(Refusal("a: b\nc: [\xed\xa0\x80]") == "line 2 is neither YAML nor JSON");
}

TEST_CASE("ToJson converts YAML to JSON") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "null"},
      {"a: {b: [1, 'two', null], c: {}, d: []}", R"({"a":{"b":[1,"two",null],"c":{},"d":[]}})"},
      {R"({"a": "1", "b": true})", R"({"a":"1","b":true})"},
      {"[true, False, on, ~, 'true', \"null\"]", R"([true,false,true,null,"true","null"])"},
      {R"(["a\"b\\c\nd\u0001é"])", "[\"a\\\"b\\\\c\\nd\\u0001é\"]"},
      {"1: x\nyes: z", R"({"1":"x","true":"z"})"},
      {"a: &x [1]\nb: *x", R"({"a":[1],"b":[1]})"},
      {"a: 1\n---\nb: 2", R"({"a":1})"},
      {"\xef\xbb\xbf"
       "a: 1",
       R"({"a":1})"},
      {"a: !x {b: !!map {}}", R"({"a":{"b":{}}})"},
  };
  for (const auto& [yaml, json] : cases) {
    CAPTURE(yaml);
    CHECK(Json(yaml) == json);
  }
}

TEST_CASE("the last of two equal keys in a map counts") {
  CHECK(Json("{a: 1, b: 2, a: 3}") == R"({"a":3,"b":2})");
  CHECK(Json("{a: 1, 'a': null}") == R"({"a":null})");
}

TEST_CASE("a merge key merges maps at its own position") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{<<: {a: 1, b: 2}, b: 3}", R"({"a":1,"b":3})"},
      {"{b: 3, <<: {a: 1, b: 2}}", R"({"a":1,"b":2})"},
      {"{<<: [{a: 1}, {a: 2, b: 3}]}", R"({"a":1,"b":3})"},
      {"{<<: []}", "{}"},
      {"{!!merge <<: {a: 1}}", R"({"a":1})"},
      {"{\"<<\": {a: 1}}", R"({"<<":{"a":1}})"},
      {"[<<]", R"(["<<"])"},
      {"{a: <<}", R"({"a":"<<"})"},
      {"r: &d {a: 1}\ns: {<<: *d}\nt: {<<: [*d, {b: 2}], c: 3}",
       R"({"r":{"a":1},"s":{"a":1},"t":{"a":1,"b":2,"c":3}})"},
      {"{<<: {a: 1}, <<: {b: 2}}", R"({"a":1,"b":2})"},
  };
  for (const auto& [yaml, json] : cases) {
    CAPTURE(yaml);
    CHECK(Json(yaml) == json);
  }
}

TEST_CASE("YAML that kubectl refuses is refused with its line") {
  CHECK(Refusal("a: b\n<<: secret") == "line 2 merges (<<) what is not a map");
  CHECK(Refusal("a: b\n<<: [{}, secret]") == "line 2 merges (<<) what is not a map");
  CHECK(Refusal("a: b\n<<:") == "line 2 merges (<<) what is not a map");
  CHECK(Refusal("a: b\n? [secret]\n: c") == "line 2 has a key that is not text");
  CHECK(Refusal("a: b\n~: c") == "line 2 has a key that is not text");
  CHECK(Refusal("a: !!binary '*secret*'") == "line 1 has a value that is not !!binary");
  CHECK(Refusal("a: !!null secret") == "line 1 has a value that is not !!null");
  CHECK(Refusal("a: &a [*a]") == "line 1 has an alias to what contains it");
  CHECK(Refusal("&a {b: {c: *a}}") == "line 1 has an alias to what contains it");
}

TEST_CASE("aliases and merges do not expand without bounds") {
  std::string laughs = "a0: &a0 [[], [], [], [], [], [], [], [], []]\n";
  std::string deep = "a0: &a0 []\n";
  std::string merges = "a0: &a0 {";
  for (int i = 0; i < 1000; ++i) merges += "k" + std::to_string(i) + ": v, ";
  merges += "}\n";
  for (int i = 1; i < 300; ++i) {
    const std::string name = "a" + std::to_string(i) + ": &a" + std::to_string(i) + " ";
    const std::string inner = "*a" + std::to_string(i - 1);
    if (i < 20) {
      laughs += name + "[" + inner;
      for (int j = 0; j < 8; ++j) laughs += ", " + inner;
      laughs += "]\n";
    }
    deep += name + "[" + inner + "]\n";
    merges += name + "{<<: *a0}\n";
  }
  CHECK_FALSE(Json(laughs).has_value());
  const std::string too_much = " goes beyond 100 levels of nesting or 200,000 values";
  CHECK(Refusal(deep) == "line 100" + too_much);
  CHECK(Refusal(merges).ends_with(too_much));
}

TEST_CASE("a map with 90,000 keys is read") {
  std::string text = "{";
  for (int i = 0; i < 90'000; ++i) text += "k" + std::to_string(i) + ": v,";
  CHECK(Refusal(text + "}").empty());
}

}  // namespace
}  // namespace k8sm::client
