#include "lib/kube_json/framer.h"
#include "test/support/catch.h"
#include "test/unit/kube_json/framing.h"

#include <string>
#include <vector>

namespace k8sm::kube_json {
namespace {

using Frames = std::vector<std::string>;

std::string Nested(std::size_t levels) {
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += R"({"a":)";
  return text + "1" + std::string(levels, '}');
}

TEST_CASE("WatchFramer splits a watch into its objects") {
  struct Case {
    std::string text;
    Frames objects;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {" \r\n\t", {}},
      {R"({"a":1})", {R"({"a":1})"}},
      {"{}{}", {"{}", "{}"}},
      {"{}\n{}\n", {"{}", "{}"}},
      {" {} \t\r\n {}", {"{}", "{}"}},
      {R"({"a":{"b":[{"c":"}"}]}}{"d":"{["})", {R"({"a":{"b":[{"c":"}"}]}})", R"({"d":"{["})"}},
      {R"({"a":"\""}{"b":"\\"}{"c":"\\\"}"})", {R"({"a":"\""})", R"({"b":"\\"})", R"({"c":"\\\"}"})"}},
      {R"({"\\\\":"\\\\\"\\"} {})", {R"({"\\\\":"\\\\\"\\"})", "{}"}},
      {"{\"a\":\"line\nbreak \xc3\xbc \xff\"}{}", {"{\"a\":\"line\nbreak \xc3\xbc \xff\"}", "{}"}},
      {R"({"a":[1,-2.5e3,true,null]})", {R"({"a":[1,-2.5e3,true,null]})"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    WatchFramer framer;
    CHECK(Frame(framer, c.text) == c.objects);
    CHECK_FALSE(framer.mid_value());
    CHECK_FALSE(framer.broken());
  }
}

TEST_CASE("WatchFramer returns the same objects in whatever pieces the watch arrives") {
  const std::string text =
      "{\"a\":\"\\\\\\\"}{\"}\n\t {\"b\":[{},[\"]\"]],\"c\":\"\\\\\"}{}  {\"d\":\"\xc3\xbc\"}";
  WatchFramer whole;
  const Frames objects = Frame(whole, text);
  REQUIRE(objects.size() == 4);
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    for (std::size_t first = 0; first <= text.size(); ++first) {
      CAPTURE(first, piece);
      WatchFramer framer;
      REQUIRE(Frame(framer, text, first, piece) == objects);
      REQUIRE_FALSE(framer.mid_value());
    }
  }
}

TEST_CASE("mid_value says whether a watch ended inside an object") {
  const std::string text = R"({"a":"x"})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    WatchFramer framer;
    CHECK(Frame(framer, "{} \n" + text.substr(0, size)) == Frames{"{}"});
    CHECK(framer.mid_value() == (size > 0));
  }
}

TEST_CASE("text that cannot begin an object is reported once and breaks the watch") {
  for (const std::string text : {"x", "<html>", "[{}]", "\"a\"", "1", "null", "}", ",{}", "\xef\xbb\xbf{}"}) {
    CAPTURE(text);
    WatchFramer framer;
    const Frames frames = Frame(framer, "{}" + text + "{}");
    REQUIRE(frames.size() == 2);
    CHECK(frames[0] == "{}");
    CHECK(frames[1].starts_with("error: a watch goes on with something other than a JSON object: "));
    CHECK(framer.broken());
    CHECK_FALSE(framer.mid_value());
    CHECK(Frame(framer, "{}") == Frames{});
  }
}

TEST_CASE("an object that is too large is dropped, and the watch goes on") {
  const std::string beginning =
      R"({"type":"ADDED","object":{"metadata":{"namespace":"default","name":"big","x":")";
  const std::string large = beginning + std::string(1000, '}') + R"("}}})";
  const std::string fitting = R"({"a":")" + std::string(192, 'x') + R"("})";
  REQUIRE(fitting.size() == 200);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{150}, std::size_t{5000}}) {
    CAPTURE(piece);
    WatchFramer framer(200);
    CHECK(Frame(framer, "{}" + large + fitting + large + "{}", piece, piece) ==
          Frames{"{}", "error: a value of more than 200 bytes was dropped; it begins " + large.substr(0, 300),
                 fitting,
                 "error: a value of more than 200 bytes was dropped; it begins " + large.substr(0, 300),
                 "{}"});
    CHECK_FALSE(framer.broken());
  }
}

TEST_CASE("an object of 64 MiB is reported as too large at its end, and the watch goes on") {
  WatchFramer framer(1000);
  framer.Push(R"({"a":")");
  const std::string piece(1 << 20, 'x');
  for (int i = 0; i < 64; ++i) {
    framer.Push(piece);
    REQUIRE_FALSE(framer.Next().has_value());
    REQUIRE(framer.mid_value());
  }
  framer.Push("\"}{}");
  const auto error = framer.Next();
  REQUIRE(error.has_value());
  CHECK(error->has_error());
  const auto next = framer.Next();
  REQUIRE(next.has_value());
  CHECK(next->value() == "{}");
}

TEST_CASE("an object that nests too deep is dropped, and the watch goes on") {
  WatchFramer framer;
  const Frames frames = Frame(framer, Nested(1000) + Nested(1001) + "{}", 64, 64);
  REQUIRE(frames.size() == 3);
  CHECK(frames[0] == Nested(1000));
  CHECK(frames[1] ==
        "error: a value of more than 1000 levels was dropped; it begins " + Nested(1001).substr(0, 300));
  CHECK(frames[2] == "{}");
}

}  // namespace
}  // namespace k8sm::kube_json
