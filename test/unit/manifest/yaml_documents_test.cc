#include "lib/manifest/yaml_documents.h"

#include "test/support/catch.h"

#include <cstddef>
#include <string>
#include <vector>

namespace k8sm::manifest {
namespace {

std::string ErrorOf(const std::string& text) {
  std::vector<YAML::Node> documents;
  const auto loaded = LoadYamlDocuments(text, documents);
  REQUIRE(loaded.has_error());
  CHECK(loaded.error().code == Errc::kInvalidConfig);
  return loaded.error().message;
}

std::size_t CountDocuments(const std::string& text) {
  std::vector<YAML::Node> documents;
  REQUIRE(LoadYamlDocuments(text, documents).has_value());
  return documents.size();
}

std::string Repeated(const std::string& text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST_CASE("all documents of a text are loaded, and an empty text has none", "[manifest]") {
  CHECK(CountDocuments("") == 0);
  CHECK(CountDocuments("a: 1\n") == 1);
  CHECK(CountDocuments("a: 1\n---\n{\"b\": [2]}\n---\n- c\n") == 3);
}

TEST_CASE("a document of more than 100 levels of nesting is refused", "[manifest]") {
  const std::string too_much = "line 1 goes beyond 100 levels of nesting or 200,000 values";
  CHECK(CountDocuments(Repeated("[", 100) + Repeated("]", 100)) == 1);
  CHECK(ErrorOf(Repeated("[", 101) + Repeated("]", 101)) == too_much);
  CHECK(CountDocuments(Repeated("{a: ", 100) + Repeated("}", 100)) == 1);
  CHECK(ErrorOf(Repeated("{a: ", 101) + Repeated("}", 101)) == too_much);
  // Lists and maps that have ended do not count.
  CHECK(CountDocuments(Repeated("- []\n", 200)) == 1);
  CHECK(CountDocuments(Repeated("- {}\n", 200)) == 1);
  CHECK(ErrorOf("a:\n- 1\n- " + Repeated("[", 100) + Repeated("]", 100)) ==
        "line 3 goes beyond 100 levels of nesting or 200,000 values");
}

TEST_CASE("documents of more than 200,000 values altogether are refused", "[manifest]") {
  const std::string too_much = " goes beyond 100 levels of nesting or 200,000 values";
  struct Case {
    std::string head;   // values that come first
    std::string value;  // a line
    int most;           // of these lines
  };
  const auto [head, value, most] =
      GENERATE(Case{"", "- a\n", 199'999}, Case{"", "- ~\n", 199'999}, Case{"- &x a\n", "- *x\n", 199'998},
               Case{"", "- []\n", 199'999}, Case{"", "- {}\n", 199'999}, Case{"b\n---\n", "- a\n", 199'998});
  CAPTURE(head, value);
  std::vector<YAML::Node> documents;
  CHECK(LoadYamlDocuments(head + Repeated(value, most), documents).has_value());
  CHECK(ErrorOf(head + Repeated(value, most + 1)).ends_with(too_much));
}

TEST_CASE("a text of more than 4 MiB is refused", "[manifest]") {
  const std::string text = "a: b\n#";
  CHECK(CountDocuments(text + std::string((4 << 20) - text.size(), 'x')) == 1);
  CHECK(ErrorOf(text + std::string((4 << 20) - text.size() + 1, 'x')) == "is larger than 4 MiB");
}

TEST_CASE("text that is not YAML or not UTF-8 is refused with its line, and is not quoted", "[manifest]") {
  CHECK(ErrorOf("a: secret: b\n") == "line 1 is neither YAML nor JSON");
  CHECK(ErrorOf("a: 1\nb: *none\n") == "line 2 is neither YAML nor JSON");
  CHECK(ErrorOf("a: 1\nb: \"\xFF\"\n") == "line 2 is neither YAML nor JSON");
  CHECK(ErrorOf("a: 1\nb: \"\xC3\"\n") == "line 2 is neither YAML nor JSON");
  CHECK(CountDocuments("a: \"\xC3\xA4\"\n") == 1);
}

TEST_CASE("a surrogate pair in JSON is one character, and half a pair is refused", "[manifest]") {
  const auto read = [](const std::string& text) {
    std::vector<YAML::Node> documents;
    REQUIRE(LoadYamlDocuments(text, documents).has_value());
    return documents.back()["a"].Scalar();
  };
  CHECK(read(R"({"a": "x\ud83d\ude80y"})") == "x\xF0\x9F\x9A\x80y");
  CHECK(read(R"({"a": "\uD800\uDC00\uDBFF\uDFFF"})") == "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
  CHECK(read(R"([{"b": 1}])"
             "\n---\n \r\n\t"
             R"({"a": "\ud83d\ude80"})") == "\xF0\x9F\x9A\x80");
  CHECK(read(R"({"a": "\u00e9\n\""})") == "\xC3\xA9\n\"");
  // An escaped backslash and letters.
  CHECK(read(R"({"a": "\\ud83d\\ude80"})") == R"(\ud83d\ude80)");
  CHECK(read(R"({"a": "\\\ud83d\ude80"})") == "\\\xF0\x9F\x9A\x80");
  for (const char* half : {R"(\ud83d)", R"(\ude80)", R"(\ude80\ud83d)", R"(\ud83d\ud83d)", R"(\ud83dx\ude80)",
                           R"(\ud83d\u00e9)", R"(\ud83d\ude8)", R"(\ud83d\\ude80)"}) {
    CAPTURE(half);
    CHECK(ErrorOf("{\"b\": \"\\ud83d\\ude80\",\n\"a\": \"" + std::string(half) + "\"}") ==
          "line 2 is neither YAML nor JSON");
  }
  CHECK(ErrorOf("{\"a\": \"\\ud83d\\ude80") == "line 1 is neither YAML nor JSON");
  // In YAML there are no such pairs, and a backslash outside of double quotes is one.
  CHECK(ErrorOf(R"(a: "\ud83d\ude80")") == "line 1 is neither YAML nor JSON");
  CHECK(read(R"(a: '\ud83d\ude80')") == R"(\ud83d\ude80)");
}

}  // namespace
}  // namespace k8sm::manifest
