#include "lib/kube_json/framer.h"
#include "test/support/catch.h"
#include "test/unit/kube_json/framing.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube_json {
namespace {

using Frames = std::vector<std::string>;

TEST_CASE("ListFramer splits a list into its items and metadata") {
  struct Case {
    std::string text;
    Frames items;
    std::string continue_token;
  };
  const std::vector<Case> cases = {
      {R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"abc","remainingItemCount":3},)"
       R"("items":[{"a":1},{"b":"]}"}]})",
       {R"({"a":1})", R"({"b":"]}"})"},
       "abc"},
      {R"({"items":[{"a":1}],"metadata":{"resourceVersion":"7"},"kind":"PodList"})", {R"({"a":1})"}, ""},
      {R"({"metadata":{"resourceVersion":"7","continue":null},"items":[]})", {}, ""},
      {R"({"metadata":{"resourceVersion":"7","continue":""},"items":null})", {}, ""},
      {" {\n \"metadata\" : { \"resourceVersion\" : \"7\" } ,\t\"items\" :\r\n[ {} , {} ] } \n",
       {"{}", "{}"},
       ""},
      {R"({"a":1,"b":"x,]}","c":[[],{}],"d":null,"e":-1.5e3,"metadata":{"resourceVersion":"7"},"items":[],"f":true})",
       {},
       ""},
      {R"({"items":[1,"a",null,[2,3],{}],"metadata":{"resourceVersion":"7"}})",
       {"1", "\"a\"", "null", "[2,3]", "{}"},
       ""},
      {R"({"it\"ems":[1],"metadata":{"items":[2],"resourceVersion":"7"},"items":[{}]})", {"{}"}, ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    ListFramer framer;
    CHECK(Frame(framer, c.text) == c.items);
    REQUIRE(framer.done());
    const auto meta = framer.meta();
    REQUIRE(meta.has_value());
    CHECK(meta->resource_version == "7");
    CHECK(meta->continue_token == c.continue_token);
  }
}

TEST_CASE("ListFramer returns the same items in whatever pieces the list arrives") {
  const std::string text =
      R"({"kind":"PodList","metadata":{"resourceVersion":"7","continue":"a\"b"},"items":[{"a":"\\\"]"} ,12, {"b":[{}]}],"n":0})"
      "\n";
  ListFramer whole;
  const Frames items = Frame(whole, text);
  REQUIRE(items.size() == 3);
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    for (std::size_t first = 0; first <= text.size(); ++first) {
      CAPTURE(first, piece);
      ListFramer framer;
      REQUIRE(Frame(framer, text, first, piece) == items);
      REQUIRE(framer.done());
      REQUIRE(framer.meta()->continue_token == "a\"b");
    }
  }
}

TEST_CASE("a list that is cut off at any byte is an error") {
  const std::string text = R"({"metadata":{"resourceVersion":"7"},"items":[{"a":"b"},{}]})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    ListFramer framer;
    Frame(framer, text.substr(0, size));
    CHECK_FALSE(framer.done());
    CHECK_FALSE(framer.broken());
    const auto meta = framer.meta();
    REQUIRE(meta.has_error());
    CHECK(meta.error().code == Errc::kMalformed);
    CHECK(meta.error().message == "a list was cut off");
  }
}

TEST_CASE("a document that is not a list, or that is malformed between its items, is an error") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"<html>", "a list is not a JSON object: <html>"},
      {"[]", "a list is not a JSON object: []"},
      {R"({"items":[{}]]})", "a list goes on with ]}"},
      {R"({"items":[{}{}]})", "a list goes on with {}]}"},
      {R"({"items":[{},]})", "a list goes on with ]}"},
      {R"({"items":[}]})", "a list goes on with }]}"},
      {R"({"items"[]})", "a list goes on with []}"},
      {R"({items:[]})", "a list goes on with items:[]}"},
      {R"({"items":[],})", "a list goes on with }"},
      {R"({"items":[]"a":1})", R"(a list goes on with "a":1})"},
      {R"({"items":,"a":1})", R"(a list goes on with ,"a":1})"},
      {R"({"items":[]}{})", "a list goes on with {}"},
      {R"({"items":[],"items":[]})", "a list has items twice"},
      {R"({"items":{}})", "a list's items are not a list"},
      {R"({"items":"x"})", "a list's items are not a list"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    ListFramer framer;
    const Frames frames = Frame(framer, text);
    REQUIRE_FALSE(frames.empty());
    CHECK(frames.back() == "error: " + message);
    CHECK(framer.broken());
    CHECK_FALSE(framer.done());
    CHECK(framer.meta().error().message == message);
    CHECK(Frame(framer, "{}") == Frames{});
  }
}

TEST_CASE("a list without items or without a valid resourceVersion is an error") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({})", "a list without items"},
      {R"({"kind":"Status","metadata":{},"code":500})", "a list without items"},
      {R"({"items":[]})", "a list's metadata: .resourceVersion: missing"},
      {R"({"items":[],"metadata":null})", "a list's metadata: .resourceVersion: missing"},
      {R"({"items":[],"metadata":{"resourceVersion":""}})", "a list's metadata: .resourceVersion: missing"},
      {R"({"items":[],"metadata":{"resourceVersion":7}})",
       "a list's metadata: .resourceVersion: expected a string, got an integer"},
      {R"({"items":[],"metadata":{"resourceVersion":"7","continue":[]}})",
       "a list's metadata: .continue: expected a string, got a list"},
      {R"({"items":[],"metadata":[]})", "a list's metadata: expected an object, got a list"},
      {R"({"items":[],"metadata":{"a" 1}})",
       R"(a list's metadata: invalid JSON (Missing a colon after a name of object member) at byte 5 of {"a" 1})"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    ListFramer framer;
    CHECK(Frame(framer, text) == Frames{});
    CHECK(framer.done());
    const auto meta = framer.meta();
    REQUIRE(meta.has_error());
    CHECK(meta.error().code == Errc::kMalformed);
    CHECK(meta.error().message == message);
  }
}

TEST_CASE("an item that is too large is dropped, and the list goes on") {
  const std::string large = R"({"metadata":{"name":"big"},"x":")" + std::string(1000, 'x') + R"("})";
  const std::string deep = std::string(1001, '[') + std::string(1001, ']');
  const std::string text = R"({"extra":)" + large + R"(,"metadata":{"resourceVersion":"7"},"items":[{},)" +
                           large + R"(,{"a":1},)" + deep + ",{}]}";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, text.size()}) {
    CAPTURE(piece);
    ListFramer framer({}, 500);
    const Frames frames = Frame(framer, text, piece, piece);
    REQUIRE(frames.size() == 5);
    CHECK(frames[0] == "{}");
    CHECK(frames[1] ==
          "error: a value of more than 500 bytes was dropped; it begins " + large.substr(0, 300));
    CHECK(frames[2] == R"({"a":1})");
    CHECK(frames[3].starts_with("error: a value of more than 500 bytes was dropped; it begins [[["));
    CHECK(frames[4] == "{}");
    CHECK(framer.done());
    CHECK(framer.meta()->resource_version == "7");
  }
}

TEST_CASE("a list whose metadata is too large is refused") {
  ListFramer framer({}, 100);
  const Frames frames =
      Frame(framer, R"({"metadata":{"continue":")" + std::string(100, 'x') + R"("},"items":[]})");
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].starts_with("error: a list's metadata: a value of more than 100 bytes was dropped"));
  CHECK(framer.broken());
}

TEST_CASE("a list of another kind is refused as soon as its kind is read") {
  ListFramer framer("PodList");
  framer.Push(R"({"kind":"SecretList","metadata":{"resourceVersion":"1"},"items":[]})");
  const auto item = framer.Next();
  REQUIRE(item.has_value());
  CHECK(item->has_error());
  CHECK(framer.broken());
  CHECK(framer.meta().error().message == R"(a list of kind "SecretList" instead of PodList)");
}

TEST_CASE("a list without a kind is refused, and the expected kind may follow the items") {
  ListFramer silent("PodList");
  silent.Push(R"({"metadata":{"resourceVersion":"1"},"items":[]})");
  CHECK_FALSE(silent.Next().has_value());
  CHECK(silent.meta().has_error());

  ListFramer right("PodList");
  right.Push(R"({"metadata":{"resourceVersion":"1"},"items":[],"kind":"PodList"})");
  CHECK_FALSE(right.Next().has_value());
  CHECK(right.meta().has_value());
}

}  // namespace
}  // namespace k8sm::kube_json
