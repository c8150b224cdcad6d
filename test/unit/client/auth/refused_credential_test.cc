#include "lib/client/auth/refused_credential.h"

#include "lib/client/config/base64.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"

#include <algorithm>
#include <string>

namespace k8sm::client {
namespace {

using test::TestAuthority;

std::string Jwt(const std::string& payload) {
  std::string encoded = EncodeBase64(payload);
  std::replace(encoded.begin(), encoded.end(), '+', '-');
  std::replace(encoded.begin(), encoded.end(), '/', '_');
  std::erase(encoded, '=');
  return "eyJhbGciOiJSUzI1NiJ9." + encoded + ".secret";
}

TEST_CASE("WhenTokenExpired gives the time at which a JWT has expired, and nothing for other tokens") {
  CHECK(WhenTokenExpired(Jwt(R"({"exp":1700000000,"sub":"a"})")) == "2023-11-14T22:13:20Z");
  CHECK(WhenTokenExpired(Jwt(R"({"sub":"??>>~~","exp":1700000000})")) == "2023-11-14T22:13:20Z");
  CHECK(WhenTokenExpired(Jwt(R"({"exp":32503680000})")).empty());
  for (const char* payload :
       {"{}", R"({"exp":"x"})", R"({"exp":-1})", R"({"exp":99999999999999999999})", "\"exp\":"}) {
    CAPTURE(payload);
    CHECK(WhenTokenExpired(Jwt(payload)).empty());
  }
  for (const char* token : {"", "a", "a.b", "..", "a.*.c", "."}) CHECK(WhenTokenExpired(token).empty());
}

TEST_CASE("DescribeRefused names the refused credentials and where they come from") {
  const std::string user = "FILE: user \"u\"";
  const TestAuthority authority("a");
  const std::string good = authority.Issue("b", "").cert_pem;
  const std::string old = authority.IssueWith("b", {.ends_in_seconds = -60}).cert_pem;
  CHECK(DescribeRefused({.user = user, .token = "t"}) == "it does not accept the token of " + user);
  CHECK(DescribeRefused({.user = user, .token = Jwt(R"({"exp":1700000000})"), .token_file = "/t"}) ==
        "it does not accept the token in /t, which has expired at 2023-11-14T22:13:20Z");
  CHECK(DescribeRefused({.user = user, .basic = true}) ==
        "it does not accept the user name and password of " + user);
  CHECK(DescribeRefused({.basic = true}) == "it does not accept the user name and password");
  CHECK(DescribeRefused({.user = user, .client_cert_pem = good}) ==
        "it does not accept the client certificate of " + user);
  CHECK(
      DescribeRefused({.user = user, .client_cert_pem = old})
          .starts_with("it does not accept the client certificate of " + user + ", which has expired at 20"));
  CHECK(DescribeRefused({.user = user, .plugin = user + ": exec", .token = "t", .client_cert_pem = good}) ==
        "it does not accept the client certificate that " + user + ": exec has given, nor the token that " +
            user + ": exec has given");
  CHECK(DescribeRefused({}) == "no credentials were sent; name a kubeconfig with a user");
  CHECK(DescribeRefused({.user = user}) == "no credentials were sent: " + user + " has none to send");
  CHECK(DescribeRefused({.token = "t", .over_http = true}) ==
        "no credentials were sent, since they are never sent over http");
}

}  // namespace
}  // namespace k8sm::client
