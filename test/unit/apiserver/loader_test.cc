#include "test/apiserver/yaml.h"
#include "test/support/catch.h"
#include "test/support/temp_directory.h"
#include "test/unit/apiserver/test_api.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::apiserver {
namespace {

using test::TempDirectory;

std::string Json(std::string_view yaml) {
  const Result<std::vector<std::string>> documents = YamlToJson(yaml);
  REQUIRE(documents.has_value());
  REQUIRE(documents->size() == 1);
  return documents->front();
}

TEST_CASE("plain YAML scalars become values of their type, and quoted ones strings") {
  const std::pair<const char*, const char*> cases[] = {
      {"a: 1", R"({"a":1})"},
      {"a: -7", R"({"a":-7})"},
      {"a: 0x1f", R"({"a":31})"},
      {"a: 0o17", R"({"a":15})"},
      {"a: 1.5", R"({"a":1.5})"},
      {"a: 1e3", R"({"a":1000.0})"},
      {"a: true", R"({"a":true})"},
      {"a: No", R"({"a":false})"},
      {"a:", R"({"a":null})"},
      {"a: ~", R"({"a":null})"},
      {"a: \"1\"", R"({"a":"1"})"},
      {"a: 'true'", R"({"a":"true"})"},
      {"a: ''", R"({"a":""})"},
      {"a: !!str 12", R"({"a":"12"})"},
      {"a: 1.2.3", R"({"a":"1.2.3"})"},
      {"a: 10.0.0.1", R"({"a":"10.0.0.1"})"},
      {"a: 2026-01-01T00:00:00Z", R"({"a":"2026-01-01T00:00:00Z"})"},
      {"a: 100m", R"({"a":"100m"})"},
      {"a: e1", R"({"a":"e1"})"},
      {"a: fd00::1", R"({"a":"fd00::1"})"},
      {"1: x", R"({"1":"x"})"},
      {"a: &x {b: 1}\nc: *x", R"({"a":{"b":1},"c":{"b":1}})"},
      {"a: &x {b: 1, d: 2}\nc:\n  <<: *x\n  d: 3", R"({"a":{"b":1,"d":2},"c":{"d":3,"b":1}})"},
      {"a: |\n  one\n  two\n", R"({"a":"one\ntwo\n"})"},
  };
  for (const auto& [yaml, json] : cases) {
    INFO(yaml);
    CHECK(Json(yaml) == json);
  }
}

TEST_CASE("YAML is split into documents without the empty ones, and malformed YAML is an error") {
  const Result<std::vector<std::string>> documents = YamlToJson("---\na: 1\n---\n# nothing\n---\nb: 2\n");
  REQUIRE(documents.has_value());
  CHECK(*documents == std::vector<std::string>{R"({"a":1})", R"({"b":2})"});
  CHECK(YamlToJson("a: [1").has_error());
  CHECK(YamlToJson("{[1]: 2}").has_error());
  CHECK(YamlToJson("a: *nothing").has_error());
}

TEST_CASE("Load stores the objects of a directory with their status and creates missing namespaces") {
  const TempDirectory directory;
  directory.Write("b/2.yml", R"(
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Node, metadata: {name: node-1}}
- apiVersion: v1
  kind: Pod
  metadata: {name: p, namespace: shop, uid: 11111111-2222-4333-8444-555555555555}
  spec: {nodeName: node-1, containers: [{name: c, image: x}]}
  status: {phase: Running, podIP: 10.1.0.1}
)");
  directory.Write("a/1.yaml",
                  "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n");
  directory.Write("c.json",
                  R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"s","namespace":"shop"}})");
  directory.Write("ignored.txt", "no: [object");
  TestApi api;
  const Result<void> loaded = api.server().Load(directory.path());
  INFO((loaded ? "" : loaded.error().message));
  REQUIRE(loaded.has_value());
  const Response pod = api.Get("/api/v1/namespaces/shop/pods/p");
  CHECK(TextAt(pod, {"status", "phase"}) == "Running");
  CHECK(At(pod, {"status", "podIPs"}) == R"([{"ip":"10.1.0.1"}])");
  CHECK(TextAt(pod, {"metadata", "uid"}) == "11111111-2222-4333-8444-555555555555");
  CHECK(api.Get(std::string(kServices) + "/s").status == 200);
  CHECK(api.Get("/api/v1/namespaces/shop/endpoints/s").status == 200);
  CHECK(api.Get("/api/v1/nodes/node-1").status == 200);
  // A second load replaces every object by an equal one, which changes nothing.
  const std::uint64_t version = api.server().ResourceVersion();
  CHECK(api.server().Load(directory.path()).has_value());
  CHECK(api.server().ResourceVersion() == version);
}

TEST_CASE("an error of Load names the file and the document") {
  const std::pair<const char*, const char*> cases[] = {
      {"apiVersion: v1\nkind: Node\nmetadata: {name: n}\n---\nkind: Frog\napiVersion: v1\n",
       "bad.yaml, document 2: no resource of kind \"Frog\" in version \"v1\""},
      {"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n", "bad.yaml, document 1: Pod \"p\" is invalid"},
      {"a: [", "bad.yaml: yaml-cpp: error at line"},
      {"apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Node, metadata: {name: n}}, {kind: X}]\n",
       "document 1: items[1]: no resource"},
      {"apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: 5}\n", "cannot unmarshal number"},
  };
  for (const auto& [yaml, message] : cases) {
    const TempDirectory directory;
    directory.Write("bad.yaml", yaml);
    TestApi api;
    const Result<void> loaded = api.server().Load(directory.path());
    REQUIRE(loaded.has_error());
    INFO(loaded.error().message);
    CHECK(loaded.error().message.find(message) != std::string::npos);
    CHECK(loaded.error().message.find(directory.path()) != std::string::npos);
  }
  TestApi api;
  CHECK(api.server().Load("/nonexistent/directory").has_error());
}

TEST_CASE(
    "Create, Get, Update, List and Delete of ApiServer reach the store without being logged as requests") {
  TestApi api;
  ApiServer& server = api.server();
  REQUIRE(server.Create("pods", "new", PodJson("a")).has_value());
  CHECK(server.Create("pods", "new", PodJson("a")).error().code == Errc::kAlreadyExists);
  CHECK(server.Create("frogs", "new", "{}").error().code == Errc::kNotFound);
  CHECK(server.Get("pods", "new", "b").error().code == Errc::kNotFound);
  JsonDocument pod = Parsed(server.Get("pods", "new", "a").value());
  SetString(EnsureObject(pod, "status", pod.GetAllocator()), "phase", "Running", pod.GetAllocator());
  const Result<std::string> updated = server.Update("pods", "new", ToText(pod));
  REQUIRE(updated.has_value());
  CHECK(At(*updated, {"status", "phase"}) == "\"Running\"");
  CHECK(server.Update("pods", "new", ToText(pod)).error().code == Errc::kConflict);
  CHECK(server.List("pods", "").value().size() == 1);
  CHECK(server.List("pods", "other").value().empty());
  CHECK(server.Delete("pods", "new", "a").has_value());
  CHECK(server.Delete("pods", "new", "a").error().code == Errc::kNotFound);
  CHECK(server.requests().records().empty());
}

}  // namespace
}  // namespace k8sm::apiserver
