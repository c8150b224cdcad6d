#include "lib/kube_json/answer.h"

#include "lib/kube_json/codec.h"
#include "test/support/catch.h"

#include <random>
#include <string>
#include <vector>

namespace k8sm::kube_json {
namespace {

using kube::Endpoints;
using kube::EndpointSlice;
using kube::Symbol;

unsigned Below(std::mt19937& random, unsigned bound) {
  return std::uniform_int_distribution<unsigned>(0, bound - 1)(random);
}

// Member names of the objects, and text that has to be escaped, also occur as values.
Symbol Text(std::mt19937& random) {
  static const std::vector<std::string> texts = {"",     "web",  ",\"subsets\":[", "endpoints",
                                                 "\\\"", "a\nb", "ports"};
  return Symbol(texts[Below(random, texts.size())]);
}

kube::ObjectReference Reference(std::mt19937& random) {
  return {Symbol("Pod"), Symbol("shop"), Text(random), kube::Uid(Text(random).get())};
}

std::vector<kube::EndpointPort> Ports(std::mt19937& random) {
  std::vector<kube::EndpointPort> ports(Below(random, 3));
  for (kube::EndpointPort& port : ports) {
    port.name = Text(random);
    port.port = static_cast<int>(Below(random, 4));
    if (Below(random, 2) == 0) port.app_protocol = Text(random);
  }
  return ports;
}

kube::ObjectMeta Meta(std::mt19937& random) {
  kube::ObjectMeta meta;
  meta.ns = Symbol("shop");
  meta.name = Symbol("web");
  meta.labels = {{Symbol("subsets"), Text(random)}, {Symbol("endpoints"), Text(random)}};
  if (Below(random, 2) == 0) meta.preserved = Symbol(R"("x":{"y":1,"subsets":[],"endpoints":[],"ports":[]})");
  return meta;
}

void Fill(Endpoints& endpoints, std::mt19937& random) {
  endpoints.meta = Meta(random);
  endpoints.subsets.resize(Below(random, 3));
  for (kube::EndpointSubset& subset : endpoints.subsets) {
    for (unsigned left = Below(random, 4); left > 0; --left)
      subset.addresses.push_back({Text(random), Text(random), Text(random), Reference(random)});
    if (Below(random, 2) == 0) subset.not_ready_addresses.push_back({.ip = Text(random)});
    subset.ports = Ports(random);
  }
}

void Fill(EndpointSlice& slice, std::mt19937& random) {
  slice.meta = Meta(random);
  slice.family = kube::IpFamily::kIPv4;
  slice.ports = Ports(random);
  for (unsigned left = Below(random, 4); left > 0; --left) {
    slice.endpoints.push_back({.address = Text(random),
                               .node_name = Text(random),
                               .zone_hint = Text(random),
                               .target_ref = Reference(random),
                               .ready = Below(random, 2) == 0,
                               .exact = Below(random, 4) != 0});
  }
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  if (const auto at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

// What a server, or a proxy in front of it, may make of a body.
std::vector<std::string> AnswersTo(const std::string& body) {
  const std::string stored = Replaced(
      body, R"("metadata":{)",
      R"("metadata":{"uid":"u-1","resourceVersion":"7","managedFields":[{"manager":"k8sm","fieldsV1":)"
      R"({"f:subsets":{},"f:endpoints":{"{\"a\":1}":[]}}}],)");
  std::string without_end = stored;
  without_end.pop_back();
  return {body,
          stored,
          stored + "\n",
          " " + stored,
          stored + "}",
          without_end,
          Replaced(stored, "\"addresses\":[", "\"addresses\": ["),
          Replaced(stored, "\"targetRef\":{", "\"targetRef\":{\"apiVersion\":\"v1\","),
          Replaced(stored, "\"nodeName\":", "\"noName\":"),
          Replaced(stored, "\"ready\":true", "\"ready\":false"),
          Replaced(stored, "\"labels\":{", "\"labels\":{\"added\":\"x\","),
          Replaced(stored, "\"kind\":", "\"subsets\":[{}],\"endpoints\":[{}],\"kind\":"),
          without_end + R"(,"subsets":[],"endpoints":[]})",
          without_end + R"(,"subsets":[{"ports":[{"port":1}]}],"endpoints":[{"addresses":["::"]}]})",
          without_end + R"(,"subsets":{}})",
          Replaced(Replaced(stored, ",\"subsets\":[", ",,\"subsets\":["), ",\"endpoints\":[",
                   ",,\"endpoints\":["),
          Replaced(Replaced(stored, "],\"ports\":[", "]\"ports\":["), "\"metadata\"",
                   "\"subsets\":[],\"metadata\""),
          Replaced(stored, "]}}", "]} }"),
          R"({"metadata":{"name":"web"},"nested":)" + stored + "}",
          R"({"metadata":{"name":"web"},"list":[)" + stored + "]}",
          R"({"metadata":{"name":"web"},"text":"\)" + stored,
          R"({"kind":"Status","code":200})",
          "<html>" + stored,
          ""};
}

template <class T>
void CheckEqual(const Result<T>& answer, const Result<T>& decoded) {
  REQUIRE(answer.has_value() == decoded.has_value());
  if (!decoded) {
    CHECK(answer.error().message == decoded.error().message);
    return;
  }
  CHECK(Encode(*answer) == Encode(*decoded));
  CHECK(answer->meta.field_manager == decoded->meta.field_manager);
  if constexpr (requires { decoded->endpoints; }) CHECK(answer->endpoints == decoded->endpoints);
  if constexpr (requires { decoded->exact; }) CHECK(answer->exact == decoded->exact);
}

TEMPLATE_TEST_CASE("DecodeAnswer gives the same as decoding the whole answer, whatever the server answered",
                   "", Endpoints, EndpointSlice) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    TestType sent;
    Fill(sent, random);
    const std::string body = Encode(sent);
    for (const std::string& answer : AnswersTo(body)) {
      CAPTURE(round, body, answer);
      Result<TestType> decoded = Decode<TestType>(answer);
      // Encode needs a family.
      if constexpr (requires { decoded->family; }) {
        if (decoded && !decoded->family) continue;
      }
      CheckEqual(DecodeAnswer(answer, sent, body), decoded);
    }
  }
}

TEST_CASE("addresses that were stored as they were sent are copied instead of decoded") {
  Endpoints sent;
  sent.meta.name = Symbol("web");
  sent.subsets = {{.addresses = {{.ip = Symbol("10.0.0.1")}}}};
  const std::string body = Encode(sent);
  sent.subsets.front().addresses.front().ip = Symbol("copied");
  const auto answer = DecodeAnswer(body + "\n", sent, body);
  REQUIRE(answer.has_value());
  CHECK(answer->subsets == sent.subsets);
}

TEST_CASE("endpoints of a slice that were stored as they were sent are copied instead of decoded") {
  EndpointSlice sent;
  sent.meta.name = Symbol("web-1");
  sent.family = kube::IpFamily::kIPv4;
  sent.endpoints = {{.address = Symbol("10.0.0.1")}};
  sent.ports = {{.port = 80}};
  const std::string body = Encode(sent);
  sent.endpoints.front().address = Symbol("copied");
  // Servers write the ports in another order, with an empty name.
  const std::string answer =
      Replaced(body, R"({"port":80,"protocol":"TCP"})", R"({"name":"","protocol":"TCP","port":80})");
  REQUIRE(answer != body);
  const auto stored = DecodeAnswer(answer, sent, body);
  REQUIRE(stored.has_value());
  CHECK(stored->endpoints == sent.endpoints);
  CHECK(stored->ports == sent.ports);
}

}  // namespace
}  // namespace k8sm::kube_json
