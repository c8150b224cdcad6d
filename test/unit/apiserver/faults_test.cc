// Parsing of fault rules, and what they do to requests, responses and watch events.

#include "test/apiserver/faults.h"

#include "test/apiserver/delivery.h"
#include "test/apiserver/event_fault.h"
#include "test/apiserver/fault_rule.h"
#include "test/support/catch.h"
#include "test/unit/apiserver/test_api.h"

#include <algorithm>
#include <sstream>

namespace k8sm::apiserver {
namespace {

FaultRule Rule(const std::string& json) {
  return ParseFaults("[" + json + "]").value().at(0);
}

// Which of some requests are hit: "-x-x".
std::string Hits(const std::string& rule, std::initializer_list<Faults::Query> queries) {
  Faults faults;
  faults.Set({Rule(rule)});
  std::string hits;
  for (const Faults::Query& query : queries) hits += faults.Decide(query) ? 'x' : '-';
  return hits;
}

const Faults::Query kListPods{"list", "pods", "/api/v1/pods?limit=500", "k8sm/1"};
const Faults::Query kWatchPods{"watch", "pods", "/api/v1/pods?watch=true", "k8sm/1"};
const Faults::Query kStreamPods{"watch", "pods", "/api/v1/pods?watch=true&sendInitialEvents=true", "k8sm/1"};
const Faults::Query kPutService{"update", "services", "/api/v1/namespaces/shop/services/web", "kubectl"};
const Faults::Query kVersionOf{"", "", "/version", ""};

TEST_CASE("a rule hits only requests that match its verb, resource, path, query and user agent") {
  const auto all = {kListPods, kWatchPods, kStreamPods, kPutService, kVersionOf};
  CHECK(Hits(R"({"effect":"cut"})", all) == "xxxxx");
  CHECK(Hits(R"({"effect":"cut","verb":"watch"})", all) == "-xx--");
  CHECK(Hits(R"({"effect":"cut","resource":"pods"})", all) == "xxx--");
  CHECK(Hits(R"({"effect":"cut","path":"/api/v1/namespaces/shop/"})", all) == "---x-");
  CHECK(Hits(R"({"effect":"cut","query":"sendInitialEvents=true"})", all) == "--x--");
  CHECK(Hits(R"({"effect":"cut","query":"pods"})", all) == "-----");
  CHECK(Hits(R"({"effect":"cut","userAgent":"kube"})", all) == "---x-");
  CHECK(Hits(R"({"effect":"cut","verb":"watch","resource":"services"})", all) == "-----");
  CHECK(Hits(R"({"effect":"refuse"})", all) == "-----");
}

TEST_CASE("skip spares the first matching requests, and times limits how many are hit") {
  const auto six = {kListPods, kListPods, kWatchPods, kListPods, kListPods, kListPods};
  CHECK(Hits(R"({"effect":"cut","verb":"list","times":2})", six) == "xx----");
  CHECK(Hits(R"({"effect":"cut","verb":"list","skip":1})", six) == "-x-xxx");
  CHECK(Hits(R"({"effect":"cut","verb":"list","skip":1,"times":2})", six) == "-x-x--");
}

TEST_CASE("a rule with a probability hits about that share of requests, the same ones for the same seed") {
  const auto hits = [](const std::string& seed) {
    Faults faults;
    faults.Set({Rule(R"({"effect":"cut","probability":0.25,"seed":)" + seed + "}")});
    std::string text;
    for (int i = 0; i < 400; ++i) text += faults.Decide(kListPods) ? 'x' : '-';
    return text;
  };
  CHECK(hits("7") == hits("7"));
  CHECK(hits("7") != hits("8"));
  const std::string some = hits("7");
  const auto count = std::count(some.begin(), some.end(), 'x');
  CHECK(count > 60);
  CHECK(count < 140);
}

TEST_CASE("the first matching rule decides, and the next one once its times are used up") {
  Faults faults;
  int changes = 0;
  faults.OnChange([&] { ++changes; });
  faults.Set(ParseFaults(R"([{"effect":"cut","times":1},{"effect":"stall","verb":"list"}])").value());
  CHECK(faults.Decide(kListPods)->effect == FaultEffect::kCut);
  CHECK(faults.Decide(kListPods)->effect == FaultEffect::kStall);
  CHECK(faults.Decide(kWatchPods) == nullptr);
  CHECK(faults.hits() == 2);
  CHECK(faults.ToJson() ==
        R"([{"effect":"cut","matched":3,"hits":1},{"effect":"stall","matched":1,"hits":1}])");
  faults.Clear();
  CHECK(faults.Decide(kListPods) == nullptr);
  CHECK(faults.ToJson() == "[]");
  CHECK(changes == 2);
}

TEST_CASE("connections are refused while a rule with the effect refuse is set") {
  Faults faults;
  CHECK_FALSE(faults.refuses());
  faults.Set(ParseFaults(R"([{"effect":"cut"},{"effect":"refuse"}])").value());
  CHECK(faults.refuses());
  faults.Clear();
  CHECK_FALSE(faults.refuses());
}

TEST_CASE("an invalid rule is refused with its index and what is wrong with it") {
  const auto why = [](const std::string& json) { return ParseFaults(json).error().message; };
  CHECK(why("{}") == "faults: not an array of rules");
  CHECK(why("[").find("faults: ") == 0);
  CHECK(why("[7]") == "faults[0] is no object");
  CHECK(why(R"([{"effect":"cut"},{"verb":"get"}])") == "faults[1] has no \"effect\"");
  CHECK(why(R"([{"effect":"explode"}])") == "faults[0]: \"effect\" cannot be \"explode\"");
  CHECK(why(R"([{"effect":"cut","verbs":"get"}])") == "faults[0]: no member \"verbs\" is known");
  CHECK(why(R"([{"effect":"cut","times":-1}])") == "faults[0]: \"times\" cannot be -1");
  CHECK(why(R"([{"effect":"cut","probability":2}])") == "faults[0]: \"probability\" cannot be 2");
  CHECK(why(R"([{"effect":"status"}])") == "faults[0] wants a \"code\" from 400 to 599");
  CHECK(why(R"([{"effect":"errorEvent","code":200}])") == "faults[0] wants a \"code\" from 400 to 599");
  CHECK(why(R"([{"effect":"contentType"}])") == "faults[0] wants a \"contentType\"");
  CHECK(why(R"([{"effect":"trickle","bytes":0}])") == "faults[0] wants at least one of \"bytes\"");
  CHECK(why(R"([{"effect":"cut","carriedOut":false,"afterBytes":1}])") ==
        "faults[0] has no answer to send bytes of, since it is not carried out");
}

TEST_CASE("NextPiece is limited by the piece size and by the bytes left before the cut") {
  struct Case {
    Delivery delivery;
    std::size_t sent, waiting, piece;
  };
  Delivery whole, cut, trickle, both;
  cut.good_bytes = 10;
  trickle.piece_bytes = 3;
  both.good_bytes = 10;
  both.piece_bytes = 3;
  for (const Case& c : {Case{whole, 0, 7, 7},
                        {whole, 99, 7, 7},
                        {cut, 0, 7, 7},
                        {cut, 7, 7, 3},
                        {cut, 10, 7, 0},
                        {cut, 12, 7, 0},
                        {trickle, 0, 7, 3},
                        {trickle, 6, 1, 1},
                        {both, 0, 7, 3},
                        {both, 9, 7, 1},
                        {both, 10, 7, 0}}) {
    CAPTURE(c.sent, c.waiting);
    CHECK(c.delivery.NextPiece(c.sent, c.waiting) == c.piece);
  }
}

// The types and resourceVersions of the events that are sent: "A1 M2 B3".
std::string Sent(const std::string& lines) {
  std::string text;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    const auto event = ParseJson(std::string_view(lines).substr(begin, end - begin));
    begin = end + 1;
    text += text.empty() ? "" : " ";
    if (!event) {
      text += "broken";
      continue;
    }
    const Json* version = FindPath(*event, {"object", "metadata", "resourceVersion"});
    const Json* code = FindPath(*event, {"object", "code"});
    text += GetString(*event, "type")[0];
    text += code ? std::to_string(code->GetInt()) : version ? version->GetString() : "";
  }
  return text;
}

// What a rule makes of batches of events, each written as "A1 M2 B3 E4": B is a bookmark, E the one that ends
// a streaming list. "|" where the watch ends.
std::string After(const std::string& rule, std::initializer_list<const char*> batches) {
  EventFault fault(Rule(rule));
  std::string sent;
  for (const char* batch : batches) {
    std::string lines;
    std::istringstream events(batch);
    for (std::string event; events >> event;) {
      const std::string type = event[0] == 'A' ? "ADDED" : event[0] == 'M' ? "MODIFIED" : "BOOKMARK";
      lines += R"({"type":")" + type + R"(","object":{"metadata":{"resourceVersion":")" + event.substr(1) +
               R"(","annotations":{)" + (event[0] == 'E' ? R"("k8s.io/initial-events-end":"true")" : "") +
               "}}}}\n";
    }
    const bool goes_on = fault.Apply(lines);
    sent += (sent.empty() ? "" : " / ") + Sent(lines);
    if (!goes_on) return sent + " |";
  }
  return sent;
}

TEST_CASE("each watch fault drops, duplicates, reorders, truncates or ends the events as its effect says") {
  const std::initializer_list<const char*> some = {"A1 A2 E3 M4", "M5 B6"};
  CHECK(After(R"({"effect":"noBookmarks"})", some) == "A1 A2 M4 / M5");
  CHECK(After(R"({"effect":"noInitialEnd"})", some) == "A1 A2 M4 / M5 B6");
  CHECK(After(R"({"effect":"duplicate"})", some) == "A1 A1 A2 A2 B3 B3 M4 M4 / M5 M5 B6 B6");
  CHECK(After(R"({"effect":"reorder"})", some) == "A2 A1 B3 M4 / M5 B6");
  CHECK(After(R"({"effect":"past"})", some) == "A1 A2 A1 B3 M4 A2 / M5 M4 B6");
  CHECK(After(R"({"effect":"errorEvent","code":410})", some) == "E410 |");
  CHECK(After(R"({"effect":"errorEvent","code":410})", {""}) == "E410 |");
  CHECK(After(R"({"effect":"errorEvent","code":500,"afterEvents":2})", some) == "A1 A2 E500 |");
  CHECK(After(R"({"effect":"errorEvent","code":500,"afterEvents":4})", some) == "A1 A2 B3 M4 / M5 E500 |");
  CHECK(After(R"({"effect":"truncate","afterEvents":1})", some) == "A1 broken |");
}

TEST_CASE("each response fault changes the status, content type, body or delivery of the responses it hits") {
  TestApi api;
  api.Post(kPods, PodJson("a"));
  const auto with = [&](const std::string& rule) {
    api.server().faults().Set({Rule(rule)});
    return api.Get(kPods);
  };
  const Response busy = with(R"({"effect":"status","code":429,"retryAfter":3})");
  CHECK(busy.status == 429);
  CHECK(busy.retry_after == 3);
  CHECK(TextAt(busy, {"reason"}) == "TooManyRequests");
  CHECK_FALSE(with(R"({"effect":"status","code":503})").retry_after);
  const Response portal = with(R"({"effect":"answer","contentType":"text/html","text":"<html>"})");
  CHECK(portal.status == 200);
  CHECK(portal.content_type == "text/html");
  CHECK(portal.body == "<html>");
  CHECK(with(R"({"effect":"contentType","contentType":"text/plain"})").content_type == "text/plain");
  CHECK(ParseJson(with(R"({"effect":"truncate"})").body).has_error());
  CHECK(with(R"({"effect":"delay","ms":5})").delivery.delay.count() == 5);
  CHECK(with(R"({"effect":"stall","afterBytes":9})").delivery.good_bytes == 9);
  CHECK(with(R"({"effect":"cut","times":1})").delivery.good_bytes == 0);
  CHECK_FALSE(api.Get(kPods).delivery.good_bytes);
}

TEST_CASE("carriedOut decides whether a write with a faulty response is carried out") {
  TestApi api;
  api.server().faults().Set({Rule(R"({"effect":"cut","verb":"create","carriedOut":false})")});
  api.Post(kPods, PodJson("a"));
  CHECK(api.server().Get("pods", "default", "a").has_error());
  api.server().faults().Set({Rule(R"({"effect":"cut","verb":"create"})")});
  api.Post(kPods, PodJson("a"));
  CHECK(api.server().Get("pods", "default", "a").has_value());
  api.server().faults().Set({Rule(R"({"effect":"status","code":504,"carriedOut":true})")});
  CHECK(api.Post(kPods, PodJson("b")).status == 504);
  CHECK(api.server().Get("pods", "default", "b").has_value());
}

TEST_CASE(
    "the fault compact compacts the history before the request, so that a watch from before gets a 410") {
  TestApi api;
  const std::string from = std::to_string(api.server().ResourceVersion());
  api.Post(kPods, PodJson("a"));
  api.server().faults().Set({Rule(R"({"effect":"compact","times":1})")});
  const Response watch = api.Get(std::string(kPods) + "?watch=true&resourceVersion=" + from);
  const auto events = EventsOf(watch);
  REQUIRE(events.size() == 1);
  CHECK(At(events[0], {"object", "code"}) == "410");
}

}  // namespace
}  // namespace k8sm::apiserver
