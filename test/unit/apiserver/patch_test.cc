#include "test/apiserver/patch.h"

#include "test/apiserver/codec.h"
#include "test/support/catch.h"
#include "test/unit/apiserver/test_api.h"

namespace k8sm::apiserver {
namespace {

std::string Merged(const char* kind, std::string_view target, std::string_view patch) {
  JsonDocument document = Parsed(target);
  ApplyStrategicMergePatch(Schema::Instance().Get(kind), document, Parsed(patch), document.GetAllocator());
  return ToText(document);
}

struct Case {
  const char* what;
  const char* kind;
  const char* target;
  const char* patch;
  const char* result;
};

const Case kStrategicCases[] = {
    {"containers are merged by name", "PodSpec",
     R"({"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]})",
     R"({"containers":[{"name":"b","image":"3"},{"name":"c","image":"4"}]})",
     R"({"containers":[{"name":"a","image":"1"},{"name":"b","image":"3"},{"name":"c","image":"4"}]})"},
    {"an element is deleted by its key", "PodSpec", R"({"containers":[{"name":"a"},{"name":"b"}]})",
     R"({"containers":[{"$patch":"delete","name":"a"}]})", R"({"containers":[{"name":"b"}]})"},
    {"service ports of one number are told apart by protocol", "ServiceSpec",
     R"({"ports":[{"port":53,"protocol":"UDP","name":"u"},{"port":53,"protocol":"TCP","name":"t"}]})",
     R"({"ports":[{"port":53,"protocol":"TCP","name":"x"}]})",
     R"({"ports":[{"port":53,"protocol":"UDP","name":"u"},{"port":53,"protocol":"TCP","name":"x"}]})"},
    {"container ports are merged by number", "Container", R"({"ports":[{"containerPort":80,"name":"http"}]})",
     R"({"ports":[{"containerPort":80,"hostPort":31080}]})",
     R"({"ports":[{"containerPort":80,"name":"http","hostPort":31080}]})"},
    {"conditions are merged by type", "PodStatus",
     R"({"conditions":[{"type":"Ready","status":"True"},{"type":"Initialized","status":"True"}]})",
     R"({"conditions":[{"type":"Ready","status":"False"}]})",
     R"({"conditions":[{"type":"Ready","status":"False"},{"type":"Initialized","status":"True"}]})"},
    {"plain lists that merge grow", "ObjectMeta", R"({"finalizers":["a"]})", R"({"finalizers":["b","a"]})",
     R"({"finalizers":["a","b"]})"},
    {"plain lists that merge shrink by a directive", "ObjectMeta", R"({"finalizers":["a","b"]})",
     R"({"$deleteFromPrimitiveList/finalizers":["a"]})", R"({"finalizers":["b"]})"},
    {"lists without a key are replaced", "PodSpec", R"({"tolerations":[{"key":"a"}]})",
     R"({"tolerations":[{"key":"b"}]})", R"({"tolerations":[{"key":"b"}]})"},
    {"a list is replaced by a directive", "PodSpec", R"({"containers":[{"name":"a"},{"name":"b"}]})",
     R"({"containers":[{"name":"c"},{"$patch":"replace"}]})", R"({"containers":[{"name":"c"}]})"},
    {"a map is replaced by a directive", "ServiceSpec", R"({"selector":{"a":"1","b":"2"}})",
     R"({"selector":{"$patch":"replace","c":"3"}})", R"({"selector":{"c":"3"}})"},
    {"null removes a member", "ServiceSpec", R"({"selector":{"a":"1","b":"2"}})",
     R"({"selector":{"a":null}})", R"({"selector":{"b":"2"}})"},
    {"retained keys leave no others", "PodSpec", R"({"volumes":[{"name":"v","emptyDir":{}}]})",
     R"({"volumes":[{"$retainKeys":["name","hostPath"],"name":"v","hostPath":{"path":"/x"}}]})",
     R"({"volumes":[{"name":"v","hostPath":{"path":"/x"}}]})"},
    {"the order of elements follows a directive", "PodSpec",
     R"({"containers":[{"name":"a"},{"name":"x"},{"name":"b"}]})",
     R"({"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]})",
     R"({"containers":[{"name":"b"},{"name":"x"},{"name":"a"}]})"},
};

TEST_CASE("strategic merge patches follow the schema") {
  for (const Case& one : kStrategicCases) {
    INFO(one.what);
    CHECK(Merged(one.kind, one.target, one.patch) == one.result);
  }
}

TEST_CASE("merge patches replace lists and remove members that they set to null") {
  JsonDocument target = Parsed(R"({"a":{"b":1,"c":[1,2]},"d":"x"})");
  ApplyMergePatch(target, Parsed(R"({"a":{"b":null,"c":[3],"e":{"f":null,"g":1}},"d":{"h":1}})"),
                  target.GetAllocator());
  CHECK(ToText(target) == R"({"a":{"c":[3],"e":{"g":1}},"d":{"h":1}})");
}

const Case kJsonCases[] = {
    {"add to an object", "", R"({"a":1})", R"([{"op":"add","path":"/b","value":2}])", R"({"a":1,"b":2})"},
    {"insert into a list", "", R"({"a":[1,3]})", R"([{"op":"add","path":"/a/1","value":2}])",
     R"({"a":[1,2,3]})"},
    {"append to a list", "", R"({"a":[1]})", R"([{"op":"add","path":"/a/-","value":2}])", R"({"a":[1,2]})"},
    {"remove", "", R"({"a":[1,2],"b":1})", R"([{"op":"remove","path":"/a/0"},{"op":"remove","path":"/b"}])",
     R"({"a":[2]})"},
    {"replace", "", R"({"a":1})", R"([{"op":"replace","path":"/a","value":{"b":1}}])", R"({"a":{"b":1}})"},
    {"move", "", R"({"a":1})", R"([{"op":"move","from":"/a","path":"/b"}])", R"({"b":1})"},
    {"copy", "", R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b"}])", R"({"a":1,"b":1})"},
    {"test", "", R"({"a":1})", R"([{"op":"test","path":"/a","value":1}])", R"({"a":1})"},
    {"escapes", "", R"({"a/b":{"~":1}})", R"([{"op":"replace","path":"/a~1b/~0","value":2}])",
     R"({"a/b":{"~":2}})"},
};

TEST_CASE("each operation of JSON patches is applied") {
  for (const Case& one : kJsonCases) {
    INFO(one.what);
    JsonDocument target = Parsed(one.target);
    CHECK_FALSE(ApplyJsonPatch(target, Parsed(one.patch), target.GetAllocator()).has_value());
    CHECK(ToText(target) == one.result);
  }
}

TEST_CASE("JSON patches that are invalid or do not apply are refused") {
  for (const char* patch :
       {R"([{"op":"remove","path":"/x"}])", R"([{"op":"test","path":"/a","value":2}])",
        R"([{"op":"replace","path":"/x","value":1}])", R"([{"op":"add","path":"/x/y","value":1}])",
        R"([{"op":"add","path":"/l/7","value":1}])", R"([{"op":"burn","path":"/a"}])", R"({"op":"remove"})",
        R"([{"op":"copy","from":"/x","path":"/a"}])", R"([{"op":"add","path":"nopath","value":1}])"}) {
    INFO(patch);
    JsonDocument target = Parsed(R"({"a":1,"l":[]})");
    CHECK(ApplyJsonPatch(target, Parsed(patch), target.GetAllocator()).has_value());
  }
}

TEST_CASE("a patch of an object is defaulted and validated like an update") {
  TestApi api;
  REQUIRE(api.Post(kServices, ServiceJson("s", R"("ports":[{"name":"a","port":80}])")).status == 201);
  const std::string service = std::string(kServices) + "/s";
  const Response added = api.StrategicPatch(service, R"({"spec":{"ports":[{"name":"b","port":81}]}})");
  CHECK(added.status == 200);
  CHECK(At(added, {"spec", "ports", "1"}) == R"({"name":"b","protocol":"TCP","port":81,"targetPort":81})");
  CHECK(api.StrategicPatch(service, R"({"spec":{"ports":[{"port":82}]}})").status == 422);
  CHECK(api.StrategicPatch(service, R"({"spec":{"ports":"x"}})").status == 400);
  CHECK(api.StrategicPatch(service, R"([])").status == 400);
  CHECK(api.MergePatch(service, R"({"metadata":{"resourceVersion":"1"}})").status == 409);
  CHECK(api.MergePatch(std::string(kServices) + "/none", "{}").status == 404);
  const Response apply = api.Send("PATCH", service, "{}", "application/apply-patch+yaml");
  CHECK(apply.status == 415);
  CHECK(TextAt(apply, {"reason"}) == "UnsupportedMediaType");
}

}  // namespace
}  // namespace k8sm::apiserver
