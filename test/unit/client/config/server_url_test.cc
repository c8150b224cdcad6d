#include "lib/client/config/server_url.h"

#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::client {
namespace {

TEST_CASE("ParseServerUrl reads a URL or a host with or without a port") {
  struct Case {
    std::string text;
    std::string host;
    int port;
    std::string url;
  };
  const std::vector<Case> cases = {
      {"https://10.0.0.1:6443", "10.0.0.1", 6443, "https://10.0.0.1:6443"},
      {"https://api.example.com", "api.example.com", 443, "https://api.example.com"},
      {"http://api.example.com/", "api.example.com", 80, "http://api.example.com"},
      {"HTTPS://api:443/", "api", 443, "https://api"},
      {"https://[fd00::1]:6443", "fd00::1", 6443, "https://[fd00::1]:6443"},
      {"https://[fd00::1]", "fd00::1", 443, "https://[fd00::1]"},
      {"https://rancher/k8s/clusters/c-1/", "rancher", 443, "https://rancher/k8s/clusters/c-1"},
      {"https://rancher/k8s//clusters/./x/../c-1", "rancher", 443, "https://rancher/k8s/clusters/c-1"},
      {"https://host/a%2Fb%20c", "host", 443, "https://host/a/b%20c"},
      {"https://host:65535", "host", 65535, "https://host:65535"},
      {"https://host:", "host", 443, "https://host"},
      {"https://host/p?query#fragment", "host", 443, "https://host/p"},
      {"10.0.0.1:8080/", "10.0.0.1", 8080, "http://10.0.0.1:8080"},
      {"10.0.0.1:8080", "10.0.0.1", 8080, "http://10.0.0.1:8080"},
      {"localhost", "localhost", 80, "http://localhost"},
      {"[::1]:8080", "::1", 8080, "http://[::1]:8080"},
  };
  for (const Case& expected : cases) {
    CAPTURE(expected.text);
    RestConfig config;
    REQUIRE(ParseServerUrl(expected.text, "http", config).has_value());
    CHECK(config.host == expected.host);
    CHECK(config.port == expected.port);
    CHECK(config.Url() == expected.url);
  }
}

TEST_CASE("ParseServerUrl says what is wrong with a server's URL") {
  RestConfig config;
  const auto message = [&config](const std::string& text) {
    return ParseServerUrl(text, "http", config).error().message;
  };
  CHECK(message("https://host:83726") == "has no port from 1 to 65535");
  CHECK(message("https://h\xc3\xb6st") ==
        "holds characters beyond ASCII; write the host in its ASCII form (xn--...)");
  CHECK(message("host/path") == "has a path, but no scheme; write https://HOST:PORT/PATH");
  CHECK(message("http://u@host") == "holds a user name or password, which are not sent over http");
}

TEST_CASE("a user name in the server's URL replaces the token, as in client-go") {
  RestConfig config;
  config.token = "token";
  config.token_file = "file";
  REQUIRE(ParseServerUrl("https://us%3Aer:pass%20word@host", "http", config).has_value());
  CHECK(config.username == "us:er");
  CHECK(config.password == "pass word");
  CHECK(config.token.empty());
  CHECK(config.token_file.empty());
  CHECK(config.Url() == "https://host");
}

TEST_CASE("ParseServerUrl refuses an invalid server without repeating its secrets") {
  for (const std::string text :
       {"", "https://", "ftp://host", "https://host:0", "https://host:65536", "https://host:x",
        "https://host:83726", "https://host:4294967297", "https://host:-1", "unix:///run/x",
        "http://user:secret@host", "host/secret", "https://h\xc3\xb6st", "https://ho st", "fd00::1",
        "https://ho%0d%0ast", "https://[fd00::1"}) {
    CAPTURE(text);
    RestConfig config;
    const auto parsed = ParseServerUrl(text, "http", config);
    REQUIRE(parsed.has_error());
    CHECK(parsed.error().code == Errc::kInvalidConfig);
    CHECK(parsed.error().message.find("secret") == std::string::npos);
  }
}

}  // namespace
}  // namespace k8sm::client
