#include "lib/client/bounded_yaml.h"

#include "test/support/catch.h"

#include <yaml-cpp/yaml.h>

#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

std::string Refusal(const std::string& text) {
  YAML::Node root;
  const auto loaded = LoadYaml(text, root);
  return loaded ? "" : loaded.error().message;
}

std::optional<std::string> Json(const std::string& text) {
  YAML::Node root;
  REQUIRE(LoadYaml(text, root).has_value());
  return ToJson(root);
}

TEST_CASE("a text that is too much is refused before it is built") {
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

TEST_CASE("what is neither YAML nor JSON is told by its line and not repeated") {
  CHECK(Refusal("a: b\nc: [secret") == "line 2 is neither YAML nor JSON");
  CHECK(Refusal("a: b\nc: *secret") == "line 2 is neither YAML nor JSON");
  CHECK(Refusal("a: b\n\"c\xd8\": d") == "line 2 is neither YAML nor JSON");
  CHECK(Refusal("a: b\nc: [\xed\xa0\x80]") == "line 2 is neither YAML nor JSON");
}

TEST_CASE("YAML becomes JSON") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "null"},
      {"a: {b: [1, 'two', null], c: {}, d: []}", R"({"a":{"b":[1,"two",null],"c":{},"d":[]}})"},
      {R"({"a": "1", "b": true})", R"({"a":"1","b":true})"},
      {"[true, False, on, ~, 'true', \"null\"]", R"([true,false,true,null,"true","null"])"},
      {"[0, -1, 1.5, 1e9, 01, 1., .5, 0x1f, 1-2]", R"([0,-1,1.5,1e9,"01","1.",".5","0x1f","1-2"])"},
      {R"(["a\"b\\c\nd\u0001é"])", "[\"a\\\"b\\\\c\\u000ad\\u0001é\"]"},
      {"1: x", R"({"1":"x"})"},
      {"a: &x [1]\nb: *x", R"({"a":[1],"b":[1]})"},
  };
  for (const auto& [yaml, json] : cases) {
    CAPTURE(yaml);
    CHECK(Json(yaml) == json);
  }
}

TEST_CASE("aliases that multiply or have no end become no JSON") {
  std::string laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string name = std::to_string(i);
    const std::string inner = "*a" + std::to_string(i - 1);
    laughs += "a" + name + ": &a" + name + " [" + inner;
    for (int j = 0; j < 8; ++j) laughs += ", " + inner;
    laughs += "]\n";
  }
  CHECK_FALSE(Json(laughs).has_value());
  CHECK_FALSE(Json("&a [*a]").has_value());
}

}  // namespace
}  // namespace k8sm::client
