#include "controller/ops_router.h"

#include "test/support/catch.h"

#include <chrono>
#include <optional>
#include <string>

namespace k8sm::controller {
namespace {

OpsRouter::Handler Says(const std::string& text) {
  return [text](const OpsRequest&) { return OpsPage{.body = text, .allow = ""}; };
}

std::string Ask(OpsRouter& router, const std::string& method, const std::string& path) {
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

TEST_CASE("a paced page is asked for in turns as long as it took to make and others at once") {
  PagePace::Clock::time_point now(std::chrono::hours(1));
  OpsRouter router([&now] { return now; });
  const auto take_long = [&now](const OpsRequest&) {
    now += std::chrono::milliseconds(100);
    return OpsPage();
  };
  router.AddPaced("/paced", "GET", take_long);
  router.Add("/quick", "GET", take_long);
  const auto at_once = PagePace::Clock::time_point::min();
  const auto request = [](const std::string& method, const std::string& path) {
    return OpsRequest{.method = method, .path = path, .query = {}, .accept = {}, .body = {}};
  };
  CHECK(router.ReserveTurn(request("GET", "/paced")) == now);
  router.Answer(request("GET", "/paced"));
  CHECK(router.ReserveTurn(request("GET", "/quick")) == at_once);
  router.Answer(request("GET", "/quick"));
  const std::chrono::seconds turn(1);
  for (int asked = 0; asked <= 3; ++asked) {
    CHECK(router.ReserveTurn(request("GET", "/paced")) == now + asked * turn);
    CHECK(router.ReserveTurn(request("GET", "/quick")) == at_once);
  }
  CHECK(router.ReserveTurn(request("GET", "/paced")) == std::nullopt);
  CHECK(router.ReserveTurn(request("PUT", "/paced")) == at_once);
  CHECK(router.ReserveTurn(request("GET", "/elsewhere")) == at_once);
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
