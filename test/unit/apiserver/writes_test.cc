// Create, replace and patch.

#include "test/support/catch.h"
#include "test/unit/apiserver/test_api.h"

namespace k8sm::apiserver {
namespace {

const std::string kWeb = std::string(kEndpoints) + "/web";

std::string EndpointsJson(const std::string& metadata, const std::string& ip) {
  return R"({"metadata":{)" + metadata + R"(},"subsets":[{"addresses":[{"ip":")" + ip +
         R"("}],"ports":[{"port":80}]}]})";
}

TEST_CASE("an update that changes nothing keeps the resourceVersion and sends no event") {
  TestApi api;
  const Response created = api.Post(kEndpoints, EndpointsJson(R"("name":"web")", "10.0.0.1"));
  REQUIRE(created.status == 201);
  const Response watch = api.Get(std::string(kEndpoints) + "?watch=1&resourceVersion=" +
                                 TextAt(created, {"metadata", "resourceVersion"}));
  const Response same = api.Put(kWeb, EndpointsJson("", "10.0.0.1"));
  CHECK(same.status == 200);
  CHECK(same.body == created.body);
  CHECK(Summary(watch).empty());

  const Response changed = api.Put(kWeb, EndpointsJson("", "10.0.0.2"));
  CHECK(At(changed, {"metadata", "resourceVersion"}) != At(created, {"metadata", "resourceVersion"}));
  CHECK(Summary(watch) == std::vector<std::string>{"MODIFIED web"});
}

TEST_CASE("an update with another uid than the object's is a conflict") {
  TestApi api;
  api.Post(kEndpoints, EndpointsJson(R"("name":"web")", "10.0.0.1"));
  const Response other = api.Put(kWeb, EndpointsJson(R"("uid":"another")", "10.0.0.2"));
  CHECK(other.status == 409);
  CHECK(TextAt(other, {"message"}).find("Precondition failed: UID in precondition: another") !=
        std::string::npos);
  api.Delete(kWeb);
  CHECK(api.Put(kWeb, EndpointsJson(R"("uid":"gone")", "10.0.0.2")).status == 409);
  CHECK(api.Put(kWeb, EndpointsJson("", "10.0.0.2")).status == 201);
}

TEST_CASE("clients cannot set uid and creationTimestamp") {
  TestApi api;
  const Response created = api.Post(
      kEndpoints,
      EndpointsJson(R"("name":"web","uid":"mine","creationTimestamp":"2020-01-01T00:00:00Z")", "10.0.0.1"));
  CHECK(TextAt(created, {"metadata", "uid"}).size() == 36);
  CHECK(TextAt(created, {"metadata", "creationTimestamp"}) != "2020-01-01T00:00:00Z");
  const Response updated = api.Put(
      kWeb, EndpointsJson(R"("creationTimestamp":"2020-01-01T00:00:00Z","labels":{"a":"b"})", "10.0.0.1"));
  CHECK(At(updated, {"metadata", "uid"}) == At(created, {"metadata", "uid"}));
  CHECK(At(updated, {"metadata", "creationTimestamp"}) == At(created, {"metadata", "creationTimestamp"}));
  CHECK(At(updated, {"metadata", "labels"}) == R"({"a":"b"})");
}

TEST_CASE("an update of a lease needs a resourceVersion") {
  TestApi api;
  const std::string leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
  const Response created = api.Post(leases, R"({"metadata":{"name":"l"},"spec":{"holderIdentity":"a"}})");
  CHECK(api.Put(leases + "/l", R"({"metadata":{},"spec":{"holderIdentity":"b"}})").status == 422);
  const std::string version = TextAt(created, {"metadata", "resourceVersion"});
  CHECK(api.Put(leases + "/l",
                R"({"metadata":{"resourceVersion":")" + version + R"("},"spec":{"holderIdentity":"b"}})")
            .status == 200);
}

TEST_CASE("timestamps are stored to the second, and those of leases to the microsecond") {
  TestApi api;
  const std::pair<const char*, const char*> cases[] = {
      {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000Z"},
      {"2026-01-02T03:04:05.12Z", "2026-01-02T03:04:05.120000Z"},
      {"2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05.123456Z"},
      {"2026-01-02T03:04:05+01:00", "2026-01-02T03:04:05.000000+01:00"}};
  const std::string lease = "/apis/coordination.k8s.io/v1/namespaces/default/leases/l";
  api.Put(lease, R"({"metadata":{"name":"l"}})");
  for (const auto& [sent, kept] : cases) {
    const Response response = api.MergePatch(lease, R"({"spec":{"renewTime":")" + std::string(sent) + "\"}}");
    CHECK(TextAt(response, {"spec", "renewTime"}) == kept);
  }
  CHECK(api.MergePatch(lease, R"({"spec":{"renewTime":"yesterday"}})").status == 400);
  const Response event = api.Post("/api/v1/namespaces/default/events",
                                  R"({"metadata":{"name":"e"},"involvedObject":{"namespace":"default"},
      "lastTimestamp":"2026-01-02T03:04:05.5Z"})");
  CHECK(TextAt(event, {"lastTimestamp"}) == "2026-01-02T03:04:05Z");
}

TEST_CASE("the name, namespace, kind and version in the body have to agree with the URL") {
  TestApi api;
  CHECK(api.Put(kWeb, EndpointsJson(R"("name":"other")", "10.0.0.1")).status == 400);
  CHECK(api.Post(kEndpoints, EndpointsJson(R"("name":"web","namespace":"other")", "10.0.0.1")).status == 400);
  const Response missing = api.Post("/api/v1/namespaces/nowhere/pods", PodJson("p"));
  CHECK(missing.status == 404);
  CHECK(TextAt(missing, {"message"}) == R"(namespaces \"nowhere\" not found)");
  CHECK(api.Post(kPods, R"({"kind":"Service","apiVersion":"v1"})").status == 400);
  CHECK(api.Post(kPods, R"({"kind":"Pod","apiVersion":"v2"})").status == 400);
  CHECK(api.Post(kPods, "{").status == 400);
}

TEST_CASE("the status of a pod is written through its subresource only") {
  TestApi api;
  const std::string body = PodJson("p", R"({"app":"web"})", "node-1");
  const std::string with_status = body.substr(0, body.size() - 1) + R"(,"status":{"phase":"Running"}})";
  const Response created = api.Post(kPods, with_status);
  CHECK(TextAt(created, {"status", "phase"}) == "Pending");
  const std::string pod = std::string(kPods) + "/p";
  CHECK(TextAt(api.Put(pod, with_status), {"status", "phase"}) == "Pending");
  CHECK(TextAt(api.MergePatch(pod, R"({"status":{"phase":"Running"}})"), {"status", "phase"}) == "Pending");

  const Response running = api.MergePatch(
      pod + "/status", R"({"status":{"phase":"Running","podIP":"10.1.0.1"},"spec":{"nodeName":"other"}})");
  CHECK(running.status == 200);
  CHECK(TextAt(running, {"status", "phase"}) == "Running");
  CHECK(TextAt(running, {"spec", "nodeName"}) == "node-1");
  CHECK(At(running, {"status", "podIPs"}) == R"([{"ip":"10.1.0.1"}])");
  CHECK(TextAt(running, {"status", "qosClass"}) == "BestEffort");
  CHECK(At(running, {"metadata", "generation"}) == "1");
  CHECK(api.Get(pod + "/status").status == 200);

  const Response kept = api.MergePatch(pod, R"({"metadata":{"labels":{"x":"y"}}})");
  CHECK(TextAt(kept, {"status", "phase"}) == "Running");
}

TEST_CASE("generateName appends five characters to the prefix") {
  TestApi api;
  const Response created = api.Post(kPods, R"({"metadata":{"generateName":"web-"},
      "spec":{"containers":[{"name":"main","image":"x"}]}})");
  CHECK(created.status == 201);
  CHECK(TextAt(created, {"metadata", "name"}).size() == 9);
  CHECK(TextAt(created, {"metadata", "name"}).starts_with("web-"));
}

TEST_CASE("a dry run is answered like the real write and stores nothing") {
  TestApi api;
  CHECK(api.Post(std::string(kPods) + "?dryRun=All", PodJson("p")).status == 201);
  CHECK(api.Get(std::string(kPods) + "/p").status == 404);
  api.Post(kPods, PodJson("p"));
  const Response patched =
      api.MergePatch(std::string(kPods) + "/p?dryRun=All", R"({"metadata":{"labels":{"x":"y"}}})");
  CHECK(TextAt(patched, {"metadata", "labels", "x"}) == "y");
  CHECK(At(api.Get(std::string(kPods) + "/p"), {"metadata", "labels", "x"}).empty());
  CHECK(api.Delete(std::string(kPods) + "/p?dryRun=All").status == 200);
  CHECK(api.Get(std::string(kPods) + "/p").status == 200);
}

TEST_CASE("unknown fields are refused with fieldValidation=Strict, and dropped with a warning otherwise") {
  TestApi api;
  const std::string body = R"({"metadata":{"name":"p","colour":"red"},"spec":{"containers":[
      {"name":"main","image":"x","ports":[{"containerPort":80,"prot":"TCP"}]}]}})";
  const Response strict = api.Post(std::string(kPods) + "?fieldValidation=Strict", body);
  CHECK(strict.status == 400);
  CHECK(TextAt(strict, {"message"}) ==
        R"(Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field )"
        R"(\"metadata.colour\", unknown field \"spec.containers[0].ports[0].prot\")");
  const Response warned = api.Post(kPods, body);
  CHECK(warned.status == 201);
  CHECK(warned.warnings == std::vector<std::string>{R"(unknown field "metadata.colour")",
                                                    R"(unknown field "spec.containers[0].ports[0].prot")"});
  CHECK(warned.body.find("colour") == std::string::npos);
}

TEST_CASE("a value of the wrong type gets a 400 that names its path") {
  TestApi api;
  const Response response = api.Post(
      kPods, R"({"metadata":{"name":"p"},"spec":{"containers":[{"ports":[{"containerPort":"80"}]}]}})");
  CHECK(response.status == 400);
  CHECK(
      TextAt(response, {"message"}) ==
      R"(Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field )"
      R"(ContainerPort.spec.containers.ports.containerPort of type int32)");
  CHECK(api.Post(kPods, R"({"metadata":[]})").status == 400);
  CHECK(api.Post(kPods, R"([])").status == 400);
  CHECK(api.Post(kPods, std::string(100'000, '[')).status == 400);
  CHECK(api.Post(kServices, ServiceJson("s", R"("ports":[{"port":99999999999}])")).status == 400);
}

}  // namespace
}  // namespace k8sm::apiserver
