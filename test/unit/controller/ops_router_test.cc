#include "controller/ops/ops_router.h"

#include "test/support/catch.h"

#include <chrono>
#include <string>

namespace k8sm::controller {
namespace {

OpsRouter::Handler Says(const std::string& text) {
  return [text](const OpsRequest&) { return OpsPage{.body = text, .allow = ""}; };
}

std::string Ask(const OpsRouter& router, const std::string& method, const std::string& path) {
  const OpsPage page = router.Answer({.method = method, .path = path, .query = {}, .accept = {}, .body = {}});
  return std::to_string(page.status) + " " + (page.allow.empty() ? page.body : page.allow);
}

TEST_CASE("a request goes to the handler of its path and method") {
  OpsRouter router;
  router.Add("/a", "GET", Says("a"));
  router.Add("/a", "PUT", Says("put a"));
  router.Add("/a/", "GET", Says("below a"));
  router.Add("/a/b", "GET", Says("b"));
  router.Add("/c/d", "PUT", Says("d"));
  CHECK(Ask(router, "GET", "/a") == "200 a");
  CHECK(Ask(router, "PUT", "/a") == "200 put a");
  CHECK(Ask(router, "DELETE", "/a") == "405 GET, HEAD, PUT");
  CHECK(Ask(router, "GET", "/a/") == "200 below a");
  CHECK(Ask(router, "GET", "/a/x/y") == "200 below a");
  CHECK(Ask(router, "GET", "/a/b") == "200 b");
  CHECK(Ask(router, "PUT", "/c/d") == "200 d");
  CHECK(Ask(router, "GET", "/c/d") == "405 PUT");
  for (const std::string path : {"", "/", "/b", "/c", "/c/", "/c/d/", "/ab", "a"}) {
    CAPTURE(path);
    CHECK(Ask(router, "GET", path) == "404 404 page not found\n");
  }
}

TEST_CASE("a paced page rests after it was made and others never do") {
  PagePace::Clock::time_point now(std::chrono::hours(1));
  OpsRouter router([&now] { return now; });
  const auto take_long = [&now](const OpsRequest&) {
    now += std::chrono::milliseconds(100);
    return OpsPage();
  };
  router.AddPaced("/paced", "GET", take_long);
  router.Add("/quick", "GET", take_long);
  const auto rest = [&router](const std::string& method, const std::string& path) {
    return router.Rest({.method = method, .path = path, .query = {}, .accept = {}, .body = {}});
  };
  const std::chrono::seconds none(0);
  CHECK(rest("GET", "/paced") == none);
  Ask(router, "GET", "/quick");
  Ask(router, "GET", "/paced");
  CHECK(rest("GET", "/paced") == std::chrono::milliseconds(900));
  CHECK(rest("GET", "/quick") == none);
  CHECK(rest("PUT", "/paced") == none);
  CHECK(rest("GET", "/elsewhere") == none);
  now += std::chrono::milliseconds(900);
  CHECK(rest("GET", "/paced") == none);
}

TEST_CASE("the first parameter of a name counts") {
  const OpsRequest request{
      .path = {}, .query = {{"a", "1"}, {"b", ""}, {"a", "2"}}, .accept = {}, .body = {}};
  CHECK(*request.Param("a") == "1");
  CHECK(request.Param("b")->empty());
  CHECK(request.Param("c") == nullptr);
}

}  // namespace
}  // namespace k8sm::controller
