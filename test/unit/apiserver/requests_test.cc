// Routing, content types, discovery, tables and the log of requests.

#include "test/apiserver/table.h"
#include "test/support/catch.h"
#include "test/unit/apiserver/test_api.h"

namespace k8sm::apiserver {
namespace {

TEST_CASE("an unknown path gets a 404 and an unsupported method a 405") {
  TestApi api;
  for (const char* path : {"/", "/foo", "/api/v2/pods", "/api/v1/secrets", "/apis/apps/v1/deployments",
                           "/api/v1/pods/p", "/api/v1/namespaces/default/nodes/n", "/api/v1/nodes/n/proxy",
                           "/api/v1/namespaces/default/endpoints/e/status",
                           "/api/v1/namespaces/default/pods/p/log/x", "/openapi/v2", "/apis/none"}) {
    INFO(path);
    const Response response = api.Get(path);
    CHECK(response.status == 404);
    CHECK(TextAt(response, {"message"}) == "the server could not find the requested resource");
  }
  CHECK(api.Post(std::string(kPods) + "/p", "{}").status == 405);
  CHECK(api.Put(kPods, "{}").status == 405);
  CHECK(api.Post("/api/v1/pods", PodJson("p")).status == 405);
  CHECK(api.Send("BREW", kPods).status == 405);
  CHECK(TextAt(api.Put(kPods, "{}"), {"reason"}) == "MethodNotAllowed");
}

TEST_CASE("an unsupported Content-Type gets a 415 and an unsupported Accept a 406") {
  TestApi api;
  CHECK(api.Send("POST", kPods, "x", "application/vnd.kubernetes.protobuf").status == 415);
  CHECK(api.Send("POST", kPods, PodJson("a"), "application/json; charset=utf-8").status == 201);
  CHECK(api.Send("POST", kPods, "metadata: {name: b}\nspec: {containers: [{name: c, image: x}]}",
                 "application/yaml")
            .status == 201);
  Request request;
  request.target = kPods;
  request.accept = "application/cbor";
  CHECK(api.server().Handle(request).status == 406);
  request.accept = "application/vnd.kubernetes.protobuf, */*";
  CHECK(api.server().Handle(request).status == 200);
  request.accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
  CHECK(At(api.server().Handle(request), {"items", "0", "kind"}) == "\"PartialObjectMetadata\"");
}

Response Table(TestApi& api, const std::string& target) {
  Request request;
  request.target = target;
  request.accept =
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io";
  return api.server().Handle(request);
}

// The cells of the first row without the age.
std::string Row(TestApi& api, const std::string& target, std::size_t age) {
  JsonDocument table = Parsed(Table(api, target).body);
  Json cells = Copy(*Find(*Elements(table, "rows").front(), "cells"), table.GetAllocator());
  cells.Erase(cells.Begin() + long(age));
  return ToText(cells);
}

TEST_CASE("a Table of each resource has the cells that kubectl prints") {
  TestApi api;
  ApiServer& server = api.server();
  REQUIRE(
      server
          .Create("pods", "default",
                  R"({"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{"name":"c","image":"x"}]},
      "status":{"phase":"Running","podIP":"10.1.0.1","containerStatuses":[{"name":"c","ready":true,"restartCount":2,
      "image":"x","imageID":"","state":{"running":{}},"lastState":{}}]}})")
          .has_value());
  CHECK(Row(api, kPods, 4) == R"(["p","1/1","Running","2","10.1.0.1","n","<none>","<none>"])");
  CHECK(At(Table(api, kPods), {"rows", "0", "object", "kind"}) == "\"PartialObjectMetadata\"");
  CHECK(At(Table(api, std::string(kPods) + "?includeObject=Object"), {"rows", "0", "object", "kind"}) ==
        "\"Pod\"");
  CHECK(At(Table(api, std::string(kPods) + "/p?includeObject=None"), {"rows", "0", "object"}).empty());

  api.Post(kServices,
           ServiceJson("s", R"("type":"NodePort","selector":{"b":"2","a":"1"},"ports":[{"port":80}])"));
  CHECK(Row(api, kServices, 5) == R"(["s","NodePort","10.96.0.10","<none>","80:30000/TCP","a=1,b=2"])");
  api.Post(kEndpoints,
           R"({"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"},
      {"ip":"10.0.0.3"},{"ip":"fd00::1"}],"ports":[{"port":80}]}]})");
  CHECK(Row(api, kEndpoints, 2) == R"(["e","10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more..."])");
  api.Post(kSlices, R"({"metadata":{"name":"l"},"addressType":"IPv4","ports":[{"port":80}]})");
  CHECK(Row(api, kSlices, 4) == R"(["l","IPv4","80","<unset>"])");
  REQUIRE(server
              .Create("nodes", "", R"({"metadata":{"name":"n","labels":{"node-role.kubernetes.io/worker":""}},
      "status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"}],
      "nodeInfo":{"kubeletVersion":"v1.36.0"}}})")
              .has_value());
  CHECK(Row(api, "/api/v1/nodes", 3) ==
        R"(["n","Ready","worker","v1.36.0","10.0.0.1","<none>","<unknown>","<unknown>","<unknown>"])");
  CHECK(Row(api, "/api/v1/namespaces?fieldSelector=metadata.name=default", 2) == R"(["default","Active"])");
  REQUIRE(server.Create("leases", "default", R"({"metadata":{"name":"l"},"spec":{"holderIdentity":"me"}})")
              .has_value());
  CHECK(Row(api, "/apis/coordination.k8s.io/v1/leases", 2) == R"(["l","me"])");
  REQUIRE(
      server
          .Create("events", "default", R"({"metadata":{"name":"v"},"involvedObject":{"kind":"Pod","name":"p",
      "namespace":"default"},"reason":"Why","message":"so","type":"Warning","source":{"component":"me"}})")
          .has_value());
  CHECK(Row(api, "/api/v1/events", 0) == R"(["Warning","Why","pod/p","","me","so","<unknown>",1,"v"])");
}

TEST_CASE("HumanDuration formats durations as kubectl formats ages") {
  const std::pair<std::int64_t, const char*> cases[] = {
      {-5, "<invalid>"},    {0, "0s"},         {119, "119s"},   {120, "2m"},          {135, "2m15s"},
      {600, "10m"},         {10'799, "179m"},  {10'800, "3h"},  {10'860, "3h1m"},     {28'800, "8h"},
      {172'800, "2d"},      {180'000, "2d2h"}, {691'200, "8d"}, {31'536'000, "365d"}, {63'072'000, "2y"},
      {70'000'000, "2y80d"}};
  for (const auto& [seconds, text] : cases) CHECK(HumanDuration(seconds) == text);
  CHECK(AgeOf("") == "<unknown>");
}

TEST_CASE("the server serves its version, health, API groups and OpenAPI documents") {
  TestApi api;
  CHECK(TextAt(api.Get("/version"), {"minor"}) == "36");
  CHECK(api.Get("/healthz").body == "ok");
  CHECK(api.Get("/readyz?verbose").body == "[+]ping ok\nreadyz check passed\n");
  CHECK(At(api.Get("/api"), {"versions"}) == R"(["v1"])");
  CHECK(TextAt(api.Get("/apis"), {"groups", "1", "name"}) == "discovery.k8s.io");
  CHECK(TextAt(api.Get("/apis/coordination.k8s.io"), {"preferredVersion", "version"}) == "v1");
  CHECK_FALSE(At(api.Get("/openapi/v3"), {"paths", "api/v1", "serverRelativeURL"}).empty());
  const Response document = api.Get("/openapi/v3/apis/discovery.k8s.io/v1");
  CHECK(TextAt(document, {"components", "schemas", "io.k8s.api.EndpointSlice",
                          "x-kubernetes-group-version-kind", "0", "kind"}) == "EndpointSlice");
  CHECK(api.Get("/openapi/v3/api/v1").status == 200);
}

TEST_CASE("requests are counted by verb and resource") {
  TestApi api;
  RequestLog& log = api.server().requests();
  api.Get("/version");
  api.Post(kPods, PodJson("p"));
  api.Get(kPods);
  api.Get(std::string(kPods) + "/p");
  api.Get(std::string(kPods) + "?watch=1");
  api.MergePatch(std::string(kPods) + "/p/status", R"({"status":{"phase":"Running"}})");
  api.Delete(std::string(kPods) + "/p");
  api.Delete(std::string(kPods) + "/p");
  REQUIRE(api.server().Create("pods", "default", PodJson("q")).has_value());
  CHECK(log.Count("create", "pods") == 1);
  CHECK(log.Count("get", "pods") == 1);
  CHECK(log.Count("list", "pods") == 1);
  CHECK(log.Count("watch", "pods") == 1);
  CHECK(log.Count("patch", "pods/status") == 1);
  CHECK(log.Count("delete", "pods") == 2);
  CHECK(log.CountWrites() == 4);
  CHECK(log.CountWrites("pods") == 3);
  REQUIRE(log.records().size() == 7);
  CHECK(log.records().back().status == 404);
  CHECK(log.records().back().name == "p");
  log.Clear();
  CHECK(log.CountWrites() == 0);
}

}  // namespace
}  // namespace k8sm::apiserver
