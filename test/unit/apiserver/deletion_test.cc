#include "test/support/catch.h"
#include "test/unit/apiserver/test_api.h"

namespace k8sm::apiserver {
namespace {

using Strings = std::vector<std::string>;

std::string Version(TestApi& api) {
  return std::to_string(api.server().ResourceVersion());
}

TEST_CASE("deleting a pod on a node starts its grace period, which later deletes can only shorten") {
  TestApi api;
  const std::string pod = std::string(kPods) + "/p";
  api.Post(kPods, PodJson("p", "{}", "node-1"));
  const Response watch = api.Get(std::string(kPods) + "?watch=1&resourceVersion=" + Version(api));
  const Response deleted = api.Delete(pod);
  CHECK(deleted.status == 200);
  CHECK(At(deleted, {"metadata", "deletionGracePeriodSeconds"}) == "30");
  CHECK_FALSE(TextAt(deleted, {"metadata", "deletionTimestamp"}).empty());
  CHECK(At(deleted, {"metadata", "generation"}) == "2");
  CHECK(Summary(watch) == Strings{"MODIFIED p"});
  // A second delete changes nothing, and neither does one with a longer grace period.
  CHECK(api.Delete(pod).body == deleted.body);
  CHECK(api.Delete(pod, R"({"gracePeriodSeconds":60})").body == deleted.body);
  CHECK(Summary(watch).empty());
  CHECK(At(api.Delete(pod + "?gracePeriodSeconds=5"), {"metadata", "deletionGracePeriodSeconds"}) == "5");
  CHECK(Summary(watch) == Strings{"MODIFIED p"});
  CHECK(At(api.Delete(pod, R"({"gracePeriodSeconds":0})"), {"kind"}) == "\"Pod\"");
  CHECK(Summary(watch) == Strings{"MODIFIED p", "DELETED p"});
  CHECK(api.Get(pod).status == 404);
}

TEST_CASE("a pod that has no node or has finished is deleted at once") {
  TestApi api;
  api.Post(kPods, PodJson("p"));
  api.Delete(std::string(kPods) + "/p");
  CHECK(api.Get(std::string(kPods) + "/p").status == 404);
  api.Post(kPods, PodJson("q", "{}", "node-1"));
  api.MergePatch(std::string(kPods) + "/q/status", R"({"status":{"phase":"Succeeded"}})");
  api.Delete(std::string(kPods) + "/q");
  CHECK(api.Get(std::string(kPods) + "/q").status == 404);
}

TEST_CASE("a deleted object stays until its finalizer is removed") {
  TestApi api;
  const std::string web = std::string(kEndpoints) + "/web";
  api.Post(kEndpoints, R"({"metadata":{"name":"web","finalizers":["example.com/a"]}})");
  const Response watch = api.Get(std::string(kEndpoints) + "?watch=1&resourceVersion=" + Version(api));
  CHECK(At(api.Delete(web), {"kind"}) == "\"Endpoints\"");
  CHECK(At(api.Get(web), {"metadata", "deletionGracePeriodSeconds"}) == "0");
  CHECK(api.Delete(web).status == 200);
  CHECK(Summary(watch) == Strings{"MODIFIED web"});
  CHECK(api.MergePatch(web, R"({"metadata":{"finalizers":null}})").status == 200);
  CHECK(Summary(watch) == Strings{"DELETED web"});
  CHECK(api.Get(web).status == 404);
}

TEST_CASE("a delete whose preconditions do not match is a conflict") {
  TestApi api;
  const std::string web = std::string(kEndpoints) + "/web";
  const Response created = api.Post(kEndpoints, R"({"metadata":{"name":"web"}})");
  CHECK(api.Delete(web, R"({"preconditions":{"uid":"other"}})").status == 409);
  CHECK(api.Delete(web, R"({"preconditions":{"resourceVersion":"1"}})").status == 409);
  const std::string uid = TextAt(created, {"metadata", "uid"});
  CHECK(api.Delete(web, R"({"preconditions":{"uid":")" + uid + "\"}}").status == 200);
}

TEST_CASE("deleting a service deletes the slices that it owns") {
  TestApi api;
  const Response service = api.Post(kServices, ServiceJson("s", R"("ports":[{"port":80}])"));
  const std::string owner = R"("ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"s","uid":")" +
                            TextAt(service, {"metadata", "uid"}) + R"("}])";
  api.Post(kSlices, R"({"metadata":{"name":"owned",)" + owner + R"(},"addressType":"IPv4"})");
  api.Post(kSlices, R"({"metadata":{"name":"free"},"addressType":"IPv4"})");
  CHECK(api.Delete(std::string(kServices) + "/s").status == 200);
  CHECK(api.Get(std::string(kSlices) + "/owned").status == 404);
  CHECK(api.Get(std::string(kSlices) + "/free").status == 200);
}

TEST_CASE("a delete with propagationPolicy=Orphan keeps the dependents") {
  TestApi api;
  const Response service = api.Post(kServices, ServiceJson("s", R"("ports":[{"port":80}])"));
  api.Post(kSlices,
           R"({"metadata":{"name":"owned","ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"s",
      "uid":")" +
               TextAt(service, {"metadata", "uid"}) + R"("}]},"addressType":"IPv4"})");
  api.Delete(std::string(kServices) + "/s?propagationPolicy=Orphan");
  CHECK(api.Get(std::string(kSlices) + "/owned").status == 200);
}

TEST_CASE(
    "deleting a collection deletes the objects that the selector matches, and namespaces do not allow it") {
  TestApi api;
  for (const char* name : {"a", "b"}) api.Post(kPods, PodJson(name));
  api.Post(kPods, PodJson("c", R"({"app":"db"})"));
  CHECK(api.Delete(std::string(kPods) + "?labelSelector=app=web").status == 200);
  CHECK(At(api.Get(kPods), {"items", "0", "metadata", "name"}) == "\"c\"");
  CHECK(At(api.Get(kPods), {"items", "1"}).empty());
  CHECK(api.Delete("/api/v1/namespaces").status == 405);
}

TEST_CASE("deleting a namespace deletes the objects in it, and the default namespace cannot be deleted") {
  TestApi api;
  api.Post("/api/v1/namespaces", R"({"metadata":{"name":"shop"}})");
  api.Post("/api/v1/namespaces/shop/pods", PodJson("p", "{}", "node-1"));
  api.Post("/api/v1/namespaces/shop/endpoints", R"({"metadata":{"name":"web"}})");
  const std::string from = Version(api);
  const Response deleted = api.Delete("/api/v1/namespaces/shop");
  CHECK(TextAt(deleted, {"status", "phase"}) == "Terminating");
  CHECK(api.Get("/api/v1/namespaces/shop").status == 404);
  CHECK(Summary(api.Get("/api/v1/pods?watch=1&resourceVersion=" + from)) ==
        Strings{"MODIFIED p", "DELETED p"});
  CHECK(Summary(api.Get("/api/v1/namespaces?watch=1&resourceVersion=" + from)) ==
        Strings{"MODIFIED shop", "MODIFIED shop", "DELETED shop"});
  CHECK(api.Delete("/api/v1/namespaces/default").status == 403);
}

TEST_CASE("a terminating namespace refuses new objects and stays until the last finalizer in it is removed") {
  TestApi api;
  api.Post("/api/v1/namespaces", R"({"metadata":{"name":"shop"}})");
  api.Post("/api/v1/namespaces/shop/endpoints",
           R"({"metadata":{"name":"web","finalizers":["example.com/a"]}})");
  api.Delete("/api/v1/namespaces/shop");
  CHECK(TextAt(api.Get("/api/v1/namespaces/shop"), {"status", "phase"}) == "Terminating");
  CHECK(api.Post("/api/v1/namespaces/shop/pods", PodJson("p")).status == 403);
  api.MergePatch("/api/v1/namespaces/shop/endpoints/web", R"({"metadata":{"finalizers":null}})");
  CHECK(api.Get("/api/v1/namespaces/shop").status == 404);
}

TEST_CASE("a namespace stays until its own finalizers are removed, those of its spec through /finalize") {
  TestApi api;
  api.Post("/api/v1/namespaces", R"({"metadata":{"name":"a"},"spec":{"finalizers":["example.com/a"]}})");
  api.Post("/api/v1/namespaces", R"({"metadata":{"name":"b","finalizers":["example.com/b"]}})");
  api.Delete("/api/v1/namespaces/a");
  api.Delete("/api/v1/namespaces/b");
  CHECK(At(api.Get("/api/v1/namespaces/a"), {"spec", "finalizers"}) == R"(["example.com/a"])");
  CHECK(api.Put("/api/v1/namespaces/a", R"({"metadata":{},"spec":{"finalizers":[]}})").status == 200);
  CHECK(api.Get("/api/v1/namespaces/a").status == 200);
  CHECK(api.Put("/api/v1/namespaces/a/finalize", R"({"metadata":{"name":"a"},"spec":{}})").status == 200);
  CHECK(api.Get("/api/v1/namespaces/a").status == 404);
  CHECK(api.MergePatch("/api/v1/namespaces/b", R"({"metadata":{"finalizers":[]}})").status == 200);
  CHECK(api.Get("/api/v1/namespaces/b").status == 404);
}

TEST_CASE("deleting a service deletes the Endpoints of the same name, even a leader election record") {
  TestApi api;
  api.Post(kServices, ServiceJson("web", R"("ports":[{"port":80}])"));
  api.Post(kEndpoints,
           R"({"metadata":{"name":"web","annotations":{"control-plane.alpha.kubernetes.io/leader":"{}"}}})");
  api.Post(kEndpoints, R"({"metadata":{"name":"other"}})");
  CHECK(api.Delete(std::string(kServices) + "/web").status == 200);
  CHECK(api.Get(std::string(kEndpoints) + "/web").status == 404);
  CHECK(api.Get(std::string(kEndpoints) + "/other").status == 200);
}

}  // namespace
}  // namespace k8sm::apiserver
