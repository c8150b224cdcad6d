#include "test/support/catch.h"
#include "test/unit/apiserver/test_api.h"

namespace k8sm::apiserver {
namespace {

// The validation errors of an object posted to a collection: "FIELD: MESSAGE" for each cause.
std::vector<std::string> Wrongs(const std::string& collection, const std::string& body) {
  TestApi api;
  const Response response = api.Post(collection, body);
  std::vector<std::string> wrongs;
  if (response.status == 201) return wrongs;
  CHECK(response.status == 422);
  const JsonDocument status = Parsed(response.body);
  for (const Json* cause : Elements(*Find(status, "details"), "causes")) {
    wrongs.push_back(std::string(GetString(*cause, "field")) + ": " +
                     std::string(GetString(*cause, "message")));
  }
  return wrongs;
}

struct Case {
  const char* object;
  const char* wrong;
};

std::string Subsets(const char* subset) {
  return std::string(R"({"metadata":{"name":"web"},"subsets":[)") + subset + "]}";
}

TEST_CASE("invalid Endpoints get a 422 that names the field and what is wrong with it") {
  const Case cases[] = {
      {R"({"ports":[{"port":80}]})",
       "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"},
      {R"({"addresses":[{"ip":"nope"}]})",
       "subsets[0].addresses[0].ip: Invalid value: \"nope\": must be a valid IP address, (e.g. 10.9.8.7 or "
       "2001:db8::ffff)"},
      {R"({"addresses":[{"ip":"::ffff:10.0.0.1"}]})",
       "subsets[0].addresses[0].ip: Invalid value: \"::ffff:10.0.0.1\": must not be an IPv4-mapped IPv6 "
       "address"},
      {R"({"notReadyAddresses":[{"ip":"0.0.0.0"}]})",
       "subsets[0].notReadyAddresses[0].ip: Invalid value: \"0.0.0.0\": may not be unspecified (0.0.0.0 or "
       "::)"},
      {R"({"addresses":[{"ip":"::1"}]})",
       "subsets[0].addresses[0].ip: Invalid value: \"::1\": may not be in the loopback range (127.0.0.0/8, "
       "::1/128)"},
      {R"({"addresses":[{"ip":"fe80::1"}]})",
       "subsets[0].addresses[0].ip: Invalid value: \"fe80::1\": may not be in the link-local range "
       "(169.254.0.0/16, fe80::/10)"},
      {R"({"addresses":[{"ip":"224.0.0.5"}]})",
       "subsets[0].addresses[0].ip: Invalid value: \"224.0.0.5\": may not be in the link-local multicast "
       "range "
       "(224.0.0.0/24, ff02::/10)"},
      {R"({"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":0}]})",
       "subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"},
      {R"({"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":1},{"name":"b","port":2}]})",
       "subsets[0].ports[0].name: Required value"},
      {R"({"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":1,"protocol":"ICMP"}]})",
       "subsets[0].ports[0].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", "
       "\"UDP\""},
  };
  for (const Case& one : cases) {
    INFO(one.object);
    CHECK(Wrongs(kEndpoints, Subsets(one.object)) == std::vector<std::string>{one.wrong});
  }
  CHECK(Wrongs(kEndpoints, Subsets(R"({"addresses":[{"ip":"239.1.1.1"}]})")).empty());
  CHECK(Wrongs(kEndpoints, Subsets(R"({"addresses":[{"ip":"10.0.0.1","hostname":"A"}]})")).size() == 1);
  CHECK(Wrongs(kEndpoints, Subsets(R"({"addresses":[{"ip":"10.0.0.1","nodeName":"_"}]})")).size() == 1);
}

std::string Slice(const std::string& members) {
  return R"({"metadata":{"name":"s"},)" + members + "}";
}

TEST_CASE("invalid EndpointSlices get a 422 that names the field and what is wrong with it") {
  const Case cases[] = {
      {R"("endpoints":[])", "addressType: Required value"},
      {R"("addressType":"IP")",
       "addressType: Unsupported value: \"IP\": supported values: \"FQDN\", \"IPv4\", \"IPv6\""},
      {R"("addressType":"IPv4","endpoints":[{"addresses":[]}])",
       "endpoints[0].addresses: Required value: must contain at least 1 address"},
      {R"("addressType":"IPv4","endpoints":[{"addresses":["fd00::1"]}])",
       "endpoints[0].addresses[0]: Invalid value: \"fd00::1\": must be a valid IPv4 address"},
      {R"("addressType":"IPv6","endpoints":[{"addresses":["10.0.0.1"]}])",
       "endpoints[0].addresses[0]: Invalid value: \"10.0.0.1\": must be a valid IPv6 address"},
      {R"("addressType":"IPv4","endpoints":[{"addresses":["127.0.0.1"]}])",
       "endpoints[0].addresses[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range "
       "(127.0.0.0/8, "
       "::1/128)"},
      {R"("addressType":"IPv4","ports":[{"name":"a","port":1},{"name":"a","port":2}])",
       "ports[1].name: Duplicate value: \"a\""},
  };
  for (const Case& one : cases) {
    INFO(one.object);
    CHECK(Wrongs(kSlices, Slice(one.object)) == std::vector<std::string>{one.wrong});
  }
}

TEST_CASE("a slice holds up to a thousand endpoints of up to a hundred addresses") {
  const auto list = [](std::size_t count, const std::string& element) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (text.empty() ? "" : ",") + element;
    return "[" + text + "]";
  };
  const auto slice = [&](std::size_t endpoints, std::size_t addresses) {
    return Slice(R"("addressType":"IPv4","endpoints":)" +
                 list(endpoints, R"({"addresses":)" + list(addresses, "\"10.0.0.1\"") + "}"));
  };
  CHECK(Wrongs(kSlices, slice(1000, 1)).empty());
  CHECK(Wrongs(kSlices, slice(1001, 1)) ==
        std::vector<std::string>{"endpoints: Too many: 1001: must have at most 1000 items"});
  CHECK(Wrongs(kSlices, slice(1, 100)).empty());
  CHECK(Wrongs(kSlices, slice(1, 101)) ==
        std::vector<std::string>{"endpoints[0].addresses: Too many: 101: must have at most 100 items"});
}

TEST_CASE("the addressType of a slice is immutable") {
  TestApi api;
  api.Post(kSlices, Slice(R"("addressType":"IPv4")"));
  const Response response = api.Put(std::string(kSlices) + "/s", Slice(R"("addressType":"IPv6")"));
  CHECK(response.status == 422);
  CHECK(TextAt(response, {"details", "causes", "0", "message"}) ==
        R"(Invalid value: \"IPv6\": field is immutable)");
}

TEST_CASE("services and pods with missing or invalid fields are refused") {
  const Case services[] = {
      {R"("selector":{"a":"b"})", "spec.ports: Required value"},
      {R"("ports":[{"port":80},{"port":81}])", "spec.ports[0].name: Required value"},
      {R"("ports":[{"port":70000}])",
       "spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive"},
      {R"("ports":[{"port":80}],"type":"Other")",
       "spec.type: Unsupported value: \"Other\": supported values: \"ClusterIP\", \"ExternalName\", "
       "\"LoadBalancer\", "
       "\"NodePort\""},
      {R"("type":"ExternalName")", "spec.externalName: Required value"},
  };
  for (const Case& one : services) {
    INFO(one.object);
    const std::vector<std::string> wrongs = Wrongs(kServices, ServiceJson("s", one.object));
    REQUIRE_FALSE(wrongs.empty());
    CHECK(wrongs.front() == one.wrong);
  }
  CHECK(Wrongs(kPods, R"({"metadata":{"name":"p"}})") ==
        std::vector<std::string>{"spec.containers: Required value"});
  CHECK(Wrongs(kPods, R"({"metadata":{"name":"p"},"spec":{"containers":[{"image":"x"}]}})") ==
        std::vector<std::string>{"spec.containers[0].name: Required value"});
  CHECK(
      Wrongs(kPods, R"({"metadata":{"name":"P"},"spec":{"containers":[{"name":"c","image":"x"}]}})").size() ==
      1);
  CHECK(Wrongs(kPods, R"({"spec":{"containers":[{"name":"c","image":"x"}]}})").size() == 1);
}

TEST_CASE("a 422 lists all validation errors of an object") {
  TestApi api;
  const Response response =
      api.Post(kEndpoints, Subsets(R"({"addresses":[{"ip":"127.0.0.1"},{"ip":"127.0.0.2"}]})"));
  CHECK(
      TextAt(response, {"message"})
          .starts_with(
              R"(Endpoints \"web\" is invalid: [subsets[0].addresses[0].ip: Invalid value: \"127.0.0.1\")"));
  CHECK(TextAt(response, {"message"}).ends_with("]"));
  CHECK(At(response, {"details", "causes", "1", "field"}) == R"("subsets[0].addresses[1].ip")");
}

TEST_CASE("invalid labels and too large annotations are refused") {
  CHECK(Wrongs(kEndpoints, R"({"metadata":{"name":"a","labels":{"a b":"c"}}})").size() == 1);
  CHECK(Wrongs(kEndpoints, R"({"metadata":{"name":"a","labels":{"a":"c d"}}})").size() == 1);
  CHECK(Wrongs(kEndpoints, R"({"metadata":{"name":"a","labels":{"example.com/a":""}}})").empty());
  CHECK(Wrongs(kEndpoints,
               R"({"metadata":{"name":"a","annotations":{"x":")" + std::string(300'000, 'x') + R"("}}})") ==
        std::vector<std::string>{"metadata.annotations: Too long: may not be more than 262144 bytes"});
}

}  // namespace
}  // namespace k8sm::apiserver
