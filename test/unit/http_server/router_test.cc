#include "lib/http_server/router.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::http_server {
namespace {

Router::PageMaker Says(const std::string& text) {
  return [text](const PageRequest&) { return Page{.body = text}; };
}

std::string Ask(const Router& router, const std::string& method, const std::string& path) {
  const Page page = router.MakePage({.method = method, .path = path, .query = {}, .accept = {}, .body = {}});
  return std::to_string(page.status) + " " + (page.allow.empty() ? page.body : page.allow);
}

TEST_CASE("a request goes to the handler of its path and method") {
  Router router;
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

TEST_CASE("Param gives the first query parameter of a name") {
  const PageRequest request{
      .path = {}, .query = {{"a", "1"}, {"b", ""}, {"a", "2"}}, .accept = {}, .body = {}};
  CHECK(*request.Param("a") == "1");
  CHECK(request.Param("b")->empty());
  CHECK(request.Param("c") == nullptr);
}

TEST_CASE("PageRequestOf decodes the target to path and query and turns HEAD into GET") {
  Request request{
      .method = "HEAD", .target = "/a%20b/?c=d+e&f&g=%3d", .headers = {{"Accept", "x"}}, .body = "y"};
  const auto asked = PageRequestOf(request);
  REQUIRE(asked.has_value());
  CHECK(asked->method == "GET");
  CHECK(asked->path == "/a b/");
  CHECK(*asked->Param("c") == "d e");
  CHECK(asked->Param("f")->empty());
  CHECK(*asked->Param("g") == "=");
  CHECK(asked->accept == "x");
  CHECK(asked->body == "y");
  request.target = "http://host/p?q=1";
  CHECK(PageRequestOf(request)->path == "/p");
  for (const std::string target : {"*", "/%zz", "", "host:80"}) {
    CAPTURE(target);
    request.target = target;
    CHECK(PageRequestOf(request).has_value() == (target == "host:80"));
  }
}

}  // namespace
}  // namespace k8sm::http_server
