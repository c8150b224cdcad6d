#include "lib/manifest/yaml_field.h"

#include "test/support/catch.h"

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace k8sm::manifest {
namespace {

// A text, with the problem found in it, if there is one.
struct Text {
  explicit Text(const std::string& text) : root(YAML::Load(text), reading) {}

  Reading reading;
  YamlField root;
};

TEST_CASE("a null in any spelling counts as absent, and a quoted one is text", "[manifest]") {
  for (const char* null : {"", "~", "null", "Null", "NULL"}) {
    CAPTURE(null);
    const Text text("a: " + std::string(null) + "\n");
    const YamlField field = text.root.Member("a");
    CHECK_FALSE(field.present());
    CHECK(field.String().empty());
    CHECK_FALSE(field.Int(1, 2, "a number").has_value());
    CHECK_FALSE(field.Bool());
    CHECK(field.Labels().empty());
    CHECK(field.Elements().empty());
    CHECK_FALSE(field.Member("b").Member("c").present());
    CHECK_FALSE(field.IsText());
    CHECK_FALSE(field.IsMap());
    CHECK(text.reading.problem.empty());
  }
  for (const char* quoted : {"''", "\"~\"", "'null'", "nUll", "nil"}) {
    CAPTURE(quoted);
    CHECK(Text("a: " + std::string(quoted) + "\n").root.Member("a").present());
  }
}

TEST_CASE("of duplicate members the last counts, and a map's own members come before merged ones",
          "[manifest]") {
  const auto read = [](const std::string& text) { return Text(text).root.Member("a").String(); };
  CHECK(read("{a: 1, b: 2, a: 3}") == "3");
  CHECK(read("{<<: {a: 1}, b: 2}") == "1");
  CHECK(read("{a: 2, <<: {a: 1}}") == "2");
  CHECK(read("{<<: {a: 1}, a: 2}") == "2");
  CHECK(read("{<<: [{b: 1}, 7, {a: 2}, {a: 3}]}") == "2");
  CHECK(read("{<<: {<<: {a: 4}}}") == "4");
  CHECK(read("{<<: 7}").empty());
  CHECK(read("{[a]: 1, {a: 2}: 3}").empty());
}

TEST_CASE("merge keys are followed up to ten levels deep", "[manifest]") {
  std::string text = "{a: 1}";
  for (int depth = 1; depth <= 11; ++depth) {
    CAPTURE(depth);
    text = "{<<: " + text + "}";
    const Text nested(text);
    CHECK(nested.root.Member("a").present() == (depth <= 10));
    CHECK(nested.root.Labels().size() == (depth <= 10 ? 1 : 0));
    CHECK(nested.reading.problem.empty());
  }
}

TEST_CASE("only the first problem is reported, with its line and path", "[manifest]") {
  Text text("a:\n  b: [x]\nc: 1\n");
  CHECK(text.root.Member("a").Member("b").String().empty());
  CHECK_FALSE(text.root.Member("c").Bool());
  CHECK(text.reading.problem == "line 2: a.b: expected a string");
  Text other("a:\n  b:\n  - 1\n  - x\n");
  CHECK_FALSE(other.root.Member("a").Member("b").Elements()[1].Int(0, 5, "a digit").has_value());
  CHECK(other.reading.problem == "line 4: a.b[1]: expected a digit");
  // An absent field is reported at the line of its parent.
  Text absent("a: 1\nb:\n  c: 2\n");
  absent.root.Member("b").Member("d").Refuse("a name");
  CHECK(absent.reading.problem == "line 3: b.d: expected a name");
  Text root("7");
  CHECK_FALSE(root.root.Member("a").present());
  CHECK(root.reading.problem == "line 1: expected a map");
  Text lengthy("? " + std::string(400, 'x') + "\n: [1]\n");
  lengthy.root.Member(std::string(400, 'x')).Bool();
  CHECK(lengthy.reading.problem.starts_with("line 2: " + std::string(297, 'x') + "...: expected "));
}

TEST_CASE("Int accepts only an unquoted number within the bounds", "[manifest]") {
  struct Case {
    std::string text;
    std::optional<std::int64_t> number;
  };
  const auto [text, number] =
      GENERATE(Case{"-1", -1}, Case{"5", 5}, Case{"-2", std::nullopt}, Case{"6", std::nullopt},
               Case{"'3'", std::nullopt}, Case{"\"3\"", std::nullopt}, Case{"x", std::nullopt},
               Case{"[3]", std::nullopt}, Case{"{3: 3}", std::nullopt}, Case{"true", std::nullopt});
  CAPTURE(text);
  const Text read("a: " + text + "\n");
  CHECK(read.root.Member("a").Int(-1, 5, "a few") == number);
  CHECK(read.reading.problem.empty() == number.has_value());
}

TEST_CASE("Bool accepts every unquoted spelling of true and false", "[manifest]") {
  for (const char* yes : {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}) {
    CAPTURE(yes);
    const Text text("{a: " + std::string(yes) + ", b: '" + yes + "'}");
    CHECK(text.root.Member("a").Bool());
    CHECK(text.reading.problem.empty());
    CHECK_FALSE(text.root.Member("b").Bool());
    CHECK(text.reading.problem == "line 1: b: expected true or false");
  }
  for (const char* no : {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}) {
    CAPTURE(no);
    const Text text("{a: " + std::string(no) + ", b: \"" + no + "\"}");
    CHECK_FALSE(text.root.Member("a").Bool());
    CHECK(text.reading.problem.empty());
    CHECK_FALSE(text.root.Member("b").Bool());
    CHECK(text.reading.problem == "line 1: b: expected true or false");
  }
  for (const char* neither : {"tRue", "y", "n", "1", "0", "[true]", "{}"}) {
    CAPTURE(neither);
    const Text text("a: " + std::string(neither) + "\n");
    CHECK_FALSE(text.root.Member("a").Bool());
    CHECK_FALSE(text.reading.problem.empty());
  }
}

TEST_CASE("String accepts a scalar of any type, and IsText is false for an unquoted number", "[manifest]") {
  struct Case {
    std::string yaml;
    std::string text;
    bool is_text;
  };
  const auto [yaml, text, is_text] =
      GENERATE(Case{"x", "x", true}, Case{"7", "7", false}, Case{"'7'", "7", true}, Case{"25%", "25%", true},
               Case{"0x1f", "0x1f", false}, Case{"true", "true", true});
  CAPTURE(yaml);
  const Text read("a: " + yaml + "\n");
  CHECK(read.root.Member("a").String() == text);
  CHECK(read.root.Member("a").IsText() == is_text);
  CHECK(read.reading.problem.empty());
  CHECK_FALSE(Text("a: [x]\n").root.Member("a").IsText());
}

TEST_CASE("Labels accepts a map whose values are scalars", "[manifest]") {
  const Text text("{a: 1, b: x, [c]: y, d: ~}");
  const kube::LabelMap labels = text.root.Labels();
  CHECK(labels.size() == 3);
  CHECK(*labels.Find("a") == "1");
  CHECK(*labels.Find("b") == "x");
  CHECK(labels.Find("d")->empty());
  CHECK(text.reading.problem.empty());
  const Text list("a: [b]\n");
  CHECK(list.root.Member("a").Labels().empty());
  CHECK(list.reading.problem == "line 1: a: expected a map");
  const Text nested("a:\n  b: {c: d}\n");
  CHECK(nested.root.Member("a").Labels().size() == 1);
  CHECK(nested.reading.problem == "line 2: a.b: expected a string");
}

TEST_CASE("Labels takes the entries of merge keys that the map itself does not have", "[manifest]") {
  const auto read = [](const std::string& yaml) {
    const Text text(yaml);
    std::string labels;
    for (const kube::Label& label : text.root.Labels())
      labels.append(label.key.get()).append("=").append(label.value.get()).append(" ");
    CHECK(text.reading.problem.empty());
    return labels;
  };
  CHECK(read("{<<: {a: 1}, b: 2}") == "a=1 b=2 ");
  CHECK(read("{a: 2, <<: {a: 1}}") == "a=2 ");
  CHECK(read("{<<: {a: 1}, a: 2}") == "a=2 ");
  CHECK(read("{<<: [{a: 1}, 7, {a: 2, b: 2}]}") == "a=1 b=2 ");
  CHECK(read("{<<: {a: 1, <<: {a: 2, b: 2}}}") == "a=1 b=2 ");
  CHECK(read("{<<: 7, a: 1}") == "a=1 ");
  CHECK(read("{<<: ~}").empty());
  // What is overridden is not read.
  CHECK(read("{<<: {a: [x]}, a: 1}") == "a=1 ");
  const Text nested("a:\n  <<: {b: {c: d}}\n");
  CHECK(nested.root.Member("a").Labels().size() == 1);
  CHECK(nested.reading.problem == "line 2: a.b: expected a string");
}

TEST_CASE("every value that is read counts towards the limit, in members, elements and labels",
          "[manifest]") {
  // Whether `read` succeeds on the text with this limit.
  const auto fits = [](const std::string& text, std::size_t limit, void (*read)(const YamlField& root)) {
    Text of(text);
    of.reading.values_left = limit;
    read(of.root);
    if (!of.reading.problem.empty())
      CHECK(of.reading.problem == "more than 200,000 values, aliases followed");
    return of.reading.problem.empty();
  };
  const auto member = [](const YamlField& root) { root.Member("a").String(); };
  CHECK(fits("{a: 1, b: 2, c: 3}", 3, member));
  CHECK_FALSE(fits("{a: 1, b: 2, c: 3}", 2, member));
  CHECK(fits("{b: 1, <<: {a: 2}}", 3, member));
  CHECK_FALSE(fits("{b: 1, <<: {a: 2}}", 2, member));
  CHECK(fits("{<<: [1, {a: 2}]}", 4, member));
  CHECK_FALSE(fits("{<<: [1, {a: 2}]}", 3, member));
  const auto elements = [](const YamlField& root) { root.Member("a").Elements(); };
  CHECK(fits("{a: [1, 2]}", 3, elements));
  CHECK_FALSE(fits("{a: [1, 2]}", 2, elements));
  const auto labels = [](const YamlField& root) { root.Member("a").Labels(); };
  CHECK(fits("{a: {b: 1, c: 2}}", 3, labels));
  CHECK_FALSE(fits("{a: {b: 1, c: 2}}", 2, labels));
  CHECK(fits("{a: {<<: [{b: 1}, {c: 2}]}}", 6, labels));
  CHECK_FALSE(fits("{a: {<<: [{b: 1}, {c: 2}]}}", 5, labels));
}

}  // namespace
}  // namespace k8sm::manifest
