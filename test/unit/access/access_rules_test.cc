#include "controller/access/access_rules.h"

#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("an open path matches itself only, and one that ends in slash and asterisk every path below it") {
  const Strings open = {"/healthz", "/pub/*"};
  CHECK(IsOpenPath(open, "/healthz"));
  CHECK(IsOpenPath(open, "/pub/a/b"));
  for (const char* closed :
       {"", "/", "/healthz/", "/healthz/ping", "/healthzz", "//healthz", "/pub", "/public", "/metrics"}) {
    CAPTURE(closed);
    CHECK_FALSE(IsOpenPath(open, closed));
  }
  CHECK_FALSE(IsOpenPath({}, "/healthz"));
  CHECK(IsOpenPath({"/*"}, "/metrics"));
  // An asterisk that does not follow a slash is an ordinary character.
  CHECK_FALSE(IsOpenPath({"/pub*"}, "/public"));
  CHECK(IsOpenPath({"/pub*"}, "/pub*"));
}

TEST_CASE("VerbOf gives the method in lower case") {
  CHECK(VerbOf("GET") == "get");
  CHECK(VerbOf("HEAD") == "head");
  CHECK(VerbOf("POST") == "post");
  CHECK(VerbOf("PUT") == "put");
  CHECK(VerbOf("@AMZ[`az{") == "@amz[`az{");
}

TEST_CASE("only the Bearer scheme gives a token, and a token consists of visible ASCII characters") {
  CHECK(BearerTokenOf("Bearer abc") == "abc");
  CHECK(BearerTokenOf("bearer abc def") == "abc");
  for (const char* none : {"", "Bearer", "Bearer ", "Bearer  abc", "Basic abc", "abc", "Bearerabc"}) {
    CAPTURE(none);
    CHECK_FALSE(BearerTokenOf(none).has_value());
  }
  CHECK(IsToken("abc.DEF-_~+/=0"));
  CHECK(IsToken("!~"));
  CHECK_FALSE(IsToken("a b"));
  CHECK_FALSE(IsToken("a\xff"));
  CHECK_FALSE(IsToken("a\x01"));
  CHECK_FALSE(IsToken("a\x7f"));
}

TEST_CASE("a client certificate gives the user name and the groups, with system:authenticated added once") {
  const kube::UserInfo user = UserOf({.common_name = "anna", .organizations = {"dev"}});
  CHECK(user.name == "anna");
  CHECK(user.groups == Strings{"dev", "system:authenticated"});
  CHECK(UserOf({.common_name = "a", .organizations = {"system:authenticated"}}).groups ==
        Strings{"system:authenticated"});
}

TEST_CASE("IsLocalHost accepts localhost, IP addresses and an empty host, but no other name") {
  for (const char* local : {"", "localhost", "LocalHost:10252", "127.0.0.1", "127.0.0.1:10252", "10.0.0.1:1",
                            "[::1]", "[::1]:10252", "::1"}) {
    CAPTURE(local);
    CHECK(IsLocalHost(local));
  }
  for (const char* other : {"evil.example", "evil.example:10252", "localhost.evil.example", "127.0.0.1.evil",
                            "[evil]:1", "127.0.0.1:1:2", "["}) {
    CAPTURE(other);
    CHECK_FALSE(IsLocalHost(other));
  }
}

}  // namespace
}  // namespace k8sm::controller
