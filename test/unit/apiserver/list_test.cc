#include "test/support/catch.h"
#include "test/unit/apiserver/test_api.h"

namespace k8sm::apiserver {
namespace {

std::vector<std::string> Names(const Response& response) {
  std::vector<std::string> names;
  const JsonDocument list = Parsed(response.body);
  for (const Json* item : Elements(list, "items"))
    names.emplace_back(GetString(*Find(*item, "metadata"), "name"));
  return names;
}

using Strings = std::vector<std::string>;

void MakePods(TestApi& api, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    const std::string labels =
        R"({"app":")" + std::string(i % 2 ? "odd" : "even") + R"(","n":")" + number + R"("})";
    REQUIRE(api.Post(kPods, PodJson("p" + number, labels, "node-" + std::to_string(i % 2))).status == 201);
  }
}

TEST_CASE("all pages of a list show the same state, however the objects change meanwhile") {
  TestApi api;
  MakePods(api, 5);
  const std::string pods = kPods;
  const Response first = api.Get(pods + "?limit=2");
  CHECK(Names(first) == Strings{"p0", "p1"});
  CHECK(At(first, {"metadata", "remainingItemCount"}) == "3");

  api.Delete(pods + "/p3?gracePeriodSeconds=0");
  api.Post(kPods, PodJson("p11"));
  api.Post(kPods, PodJson("p25"));
  api.MergePatch(pods + "/p2", R"({"metadata":{"labels":{"n":"changed"}}})");

  const Response second = api.Get(pods + "?limit=2&continue=" + TextAt(first, {"metadata", "continue"}));
  CHECK(Names(second) == Strings{"p2", "p3"});
  CHECK(TextAt(second, {"items", "0", "metadata", "labels", "n"}) == "2");
  CHECK(At(second, {"metadata", "resourceVersion"}) == At(first, {"metadata", "resourceVersion"}));
  const Response third = api.Get(pods + "?limit=2&continue=" + TextAt(second, {"metadata", "continue"}));
  CHECK(Names(third) == Strings{"p4"});
  CHECK(At(third, {"metadata", "continue"}).empty());
  CHECK(Names(api.Get(pods)) == Strings{"p0", "p1", "p11", "p2", "p25", "p4"});
}

TEST_CASE("pages continue across namespaces") {
  TestApi api;
  for (const char* ns : {"a", "a-b", "b"}) {
    api.Post("/api/v1/namespaces", R"({"metadata":{"name":")" + std::string(ns) + "\"}}");
    api.Post("/api/v1/namespaces/" + std::string(ns) + "/pods", PodJson(std::string("in-") + ns));
  }
  Strings names;
  std::string token;
  do {
    const Response page = api.Get("/api/v1/pods?limit=1" + (token.empty() ? "" : "&continue=" + token));
    REQUIRE(page.status == 200);
    for (const std::string& name : Names(page)) names.push_back(name);
    token = TextAt(page, {"metadata", "continue"});
  } while (!token.empty());
  CHECK(names == Strings{"in-a-b", "in-a", "in-b"});
}

TEST_CASE(
    "a continue token from before a compaction gets a 410 with a token for the rest of the current state") {
  TestApi api;
  MakePods(api, 3);
  const Response first = api.Get(std::string(kPods) + "?limit=1");
  api.Post(kPods, PodJson("p9"));
  api.server().Compact();
  const Response expired =
      api.Get(std::string(kPods) + "?limit=1&continue=" + TextAt(first, {"metadata", "continue"}));
  CHECK(expired.status == 410);
  CHECK(TextAt(expired, {"reason"}) == "Expired");
  const Response rest =
      api.Get(std::string(kPods) + "?continue=" + TextAt(expired, {"metadata", "continue"}));
  CHECK(Names(rest) == Strings{"p1", "p2", "p9"});
}

TEST_CASE("a list honours resourceVersion and resourceVersionMatch and refuses invalid ones") {
  TestApi api;
  MakePods(api, 2);
  const std::string version = std::to_string(api.server().ResourceVersion());
  api.Post(kPods, PodJson("p5"));
  const std::string pods = kPods;
  CHECK(Names(api.Get(pods + "?resourceVersion=" + version + "&resourceVersionMatch=Exact")) ==
        Strings{"p0", "p1"});
  CHECK(Names(api.Get(pods + "?resourceVersion=" + version)) == Strings{"p0", "p1", "p5"});
  CHECK(Names(api.Get(pods + "?resourceVersion=0&limit=1")).size() == 3);
  const Response future = api.Get(pods + "?resourceVersion=9999999999999999");
  CHECK(future.status == 504);
  CHECK(TextAt(future, {"details", "causes", "0", "reason"}) == "ResourceVersionTooLarge");
  CHECK(api.Get(pods + "?resourceVersion=5&resourceVersionMatch=Exact").status == 410);
  CHECK(api.Get(pods + "?resourceVersionMatch=Exact").status == 422);
  CHECK(api.Get(pods + "?resourceVersion=0&resourceVersionMatch=Exact").status == 422);
  CHECK(api.Get(pods + "?resourceVersion=x").status == 422);
  CHECK(api.Get(pods + "?sendInitialEvents=true&resourceVersionMatch=NotOlderThan").status == 422);
}

TEST_CASE("label and field selectors filter a list, and an invalid one gets a 400") {
  TestApi api;
  MakePods(api, 4);
  const std::pair<const char*, Strings> cases[] = {
      {"labelSelector=app%3Dodd", {"p1", "p3"}},
      {"labelSelector=app==odd,n!=1", {"p3"}},
      {"labelSelector=n+in+(0,3)", {"p0", "p3"}},
      {"labelSelector=n+notin+(0,3),app", {"p1", "p2"}},
      {"labelSelector=!app", {}},
      {"labelSelector=n%3E1", {"p2", "p3"}},
      {"labelSelector=n%3C1", {"p0"}},
      {"labelSelector=other!=x", {"p0", "p1", "p2", "p3"}},
      {"fieldSelector=metadata.name%3Dp2", {"p2"}},
      {"fieldSelector=spec.nodeName%3Dnode-1,status.phase!=Running", {"p1", "p3"}},
      {"fieldSelector=metadata.namespace=other", {}},
      {"fieldSelector=spec.hostNetwork=false&limit=1", {"p0"}},
  };
  for (const auto& [query, names] : cases) {
    INFO(query);
    CHECK(Names(api.Get(std::string(kPods) + "?" + query)) == names);
  }
  for (const char* query : {"labelSelector=a+b", "labelSelector==x", "fieldSelector=spec.image=x",
                            "fieldSelector=x", "labelSelector=a%3Eb"}) {
    INFO(query);
    CHECK(api.Get(std::string(kPods) + "?" + query).status == 400);
  }
}

TEST_CASE("a page of a list with a selector has no remainingItemCount") {
  TestApi api;
  MakePods(api, 4);
  const Response page = api.Get(std::string(kPods) + "?limit=1&labelSelector=app=odd");
  CHECK_FALSE(TextAt(page, {"metadata", "continue"}).empty());
  CHECK(At(page, {"metadata", "remainingItemCount"}).empty());
}

}  // namespace
}  // namespace k8sm::apiserver
