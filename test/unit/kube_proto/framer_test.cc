#include "lib/kube_proto/framer.h"

#include "test/apiserver/protobuf.h"
#include "test/support/catch.h"
#include "test/unit/kube_json/framing.h"
#include "test/unit/kube_proto/messages.h"

#include <string>
#include <vector>

namespace k8sm::kube_proto {
namespace {

using kube_json::Frame;
using Frames = std::vector<std::string>;

std::string FrameOf(const std::string& event) {
  const std::size_t size = event.size();
  return std::string{static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                     static_cast<char>(size >> 8), static_cast<char>(size)} +
         event;
}

std::string PodList(const std::string& items) {
  return apiserver::ToProtobuf(
             R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"C"},"items":[)" +
             items + "]}")
      .value();
}

std::string PodNamed(const std::string& name) {
  return R"({"metadata":{"name":")" + name + R"("}})";
}

TEST_CASE("WatchFramer returns the events of a watch in order, even empty ones") {
  WatchFramer framer;
  const std::string body = FrameOf("one") + FrameOf("") + FrameOf(std::string(300, 'x'));
  const Frames expected = {"one", "", std::string(300, 'x')};
  CHECK(Frame(framer, body) == expected);
  CHECK_FALSE(framer.mid_value());
  for (std::size_t piece = 1; piece < 12; ++piece) {
    WatchFramer pieces;
    CHECK(Frame(pieces, body, piece, piece) == expected);
  }
}

TEST_CASE("mid_value says whether a watch ended inside an event") {
  const std::string body = FrameOf("one") + FrameOf("two");
  for (std::size_t size = 0; size <= body.size(); ++size) {
    WatchFramer framer;
    Frame(framer, body.substr(0, size));
    CHECK(framer.mid_value() == (size % 7 != 0));
  }
}

TEST_CASE("an event that is too large is skipped, and the watch goes on") {
  for (const std::size_t piece : {1, 10, 1000}) {
    WatchFramer framer(100);
    const Frames frames = Frame(framer, FrameOf(std::string(101, 'x')) + FrameOf("next"), piece, piece);
    CHECK(frames == Frames{"error: a value of 101 bytes was dropped: more than 100", "next"});
    CHECK_FALSE(framer.broken());
  }
}

TEST_CASE("text that is not a watch in protobuf is reported once and breaks the watch") {
  WatchFramer framer;
  const Frames frames = Frame(framer, "<html>this is a proxy</html>");
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].starts_with(
      "error: a watch goes on with something other than an event in protobuf: \"<htm\""));
  CHECK(framer.broken());
  CHECK(Frame(framer, FrameOf("more")).empty());
}

TEST_CASE("the metadata of a list is known once the list is complete") {
  const std::string body = PodList(PodNamed("a") + "," + PodNamed("b"));
  ListFramer framer("PodList");
  CHECK(framer.meta().error().message == "a list was cut off");
  CHECK(Frame(framer, body).size() == 2);
  const auto meta = framer.meta();
  REQUIRE(meta.has_value());
  CHECK(meta->resource_version == "7");
  CHECK(meta->continue_token == "C");
}

TEST_CASE("a list that is cut off inside its object is not complete") {
  const std::string body = PodList(PodNamed("a"));
  // After the object come two empty fields of the envelope, which may be missing.
  for (std::size_t size = 0; size < body.size() - 4; ++size) {
    ListFramer framer("PodList");
    Frame(framer, body.substr(0, size));
    CHECK_FALSE(framer.done());
    CHECK(framer.meta().has_error());
  }
}

TEST_CASE("a list without items is complete") {
  ListFramer framer("PodList");
  CHECK(Frame(framer, PodList("")).empty());
  CHECK(framer.meta().has_value());
}

TEST_CASE("a list of another kind, or without a kind, is refused") {
  ListFramer other("ServiceList");
  CHECK(Frame(other, PodList(PodNamed("a"))) ==
        Frames{"error: a list of kind \"PodList\" instead of ServiceList"});
  CHECK(other.broken());
  CHECK(other.meta().error().message == "a list of kind \"PodList\" instead of ServiceList");
  ListFramer either("ServiceList", kMaxObjectBytes, "PodList");
  CHECK(Frame(either, PodList(PodNamed("a"))).size() == 1);
  CHECK(either.meta().has_value());
  ListFramer silent("PodList");
  Frame(silent, std::string("k8s\0\x12\x04\x0a\x02\x12\x00", 10));
  CHECK(silent.meta().error().message == "a list whose kind is not PodList");
}

TEST_CASE("a body that is not a list in protobuf is reported once and breaks the list") {
  for (const std::string body : {R"({"kind":"PodList"})", "k8t", "<html>"}) {
    ListFramer framer("PodList");
    const Frames frames = Frame(framer, body);
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].starts_with("error: a list is not in protobuf: "));
    CHECK(framer.broken());
  }
}

TEST_CASE("an item that is too large is skipped, and the list goes on") {
  const std::string body = PodList(PodNamed(std::string(500, 'x')) + "," + PodNamed("b"));
  for (const std::size_t piece : {1, 17, 10000}) {
    ListFramer framer("PodList", 400);
    const Frames frames = Frame(framer, body, piece, piece);
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].starts_with("error: a value of "));
    CHECK(frames[1].find('b') != std::string::npos);
    CHECK(framer.meta().has_value());
  }
}

TEST_CASE("a field that reaches beyond the end of the list is an error") {
  ListFramer framer("PodList");
  // An item of 100 bytes in a list of 2.
  const Frames frames = Frame(framer, std::string("k8s\0\x12\x02\x12\x64", 8));
  CHECK(frames == Frames{"error: a list's field 2 goes beyond its end"});
}

// The problem of a list of pods that has these bytes; "none" where it has none.
std::string ProblemOf(const std::string& body) {
  ListFramer framer("PodList");
  Frame(framer, body);
  return framer.meta() ? "none" : framer.meta().error().message;
}

TEST_CASE("a list has one object, which may be empty, and other fields around it") {
  const std::string list = Field(1, Field(2, "7")) + Field(2, Field(1, Field(1, "a")));
  const std::string whole = Enveloped("PodList", list);
  const std::string magic = whole.substr(0, 4);
  CHECK(ProblemOf(magic + Number(9, 1) + whole.substr(4) + Field(4, "type") + Number(5, 2)) == "none");
  CHECK(ProblemOf(whole + Number(2, 7)) == "none");
  CHECK(ProblemOf(whole + Field(2, list)) == "a list's envelope has two objects");
  CHECK(ProblemOf(Enveloped("PodList", "") + Field(4, "type")) ==
        "a list's metadata: .resourceVersion: missing");
  CHECK(ProblemOf(Enveloped("PodList", Field(1, Field(2, "7")) + Number(9, 1))) == "none");
}

TEST_CASE("what is no field of protobuf, or of another wire type, breaks a list") {
  const auto list = [](const std::string& fields) { return ProblemOf(Enveloped("PodList", fields)); };
  CHECK(list(Number(1, 7)) == "a list's field 1 is not a message");
  CHECK(list(Number(2, 7)) == "a list's field 2 is not a message");
  CHECK(list(std::string("\0\0", 2)) == "a list: invalid protobuf (field 0)");
  // A number of 30 bits.
  CHECK(list("\x80\x80\x80\x80\x10\x01") == "a list: invalid protobuf (field 536870912)");
  CHECK(list("\x0b") == "a list: invalid protobuf (wire type 3)");
  CHECK(list(std::string(11, '\xff')) == "a list: invalid protobuf (a varint of more than 10 bytes)");
  // Numbers of a fixed length are skipped.
  const std::string metadata = Field(1, Field(2, "7"));
  CHECK(list("\x7d" + std::string(4, 'x') + metadata) == "none");
  CHECK(list("\x79" + std::string(8, 'x') + metadata) == "none");
}

}  // namespace
}  // namespace k8sm::kube_proto
