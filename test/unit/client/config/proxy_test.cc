#include "lib/client/config/proxy.h"

#include "test/support/catch.h"

#include <cstdlib>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

TEST_CASE("ParseProxyUrl gives the host, port and credentials of a proxy") {
  const auto proxy = ParseProxyUrl("http://us%3Aer:pass%20word@Proxy.example:3128/ignored");
  REQUIRE(proxy.has_value());
  CHECK(proxy->host == "Proxy.example");
  CHECK(proxy->port == 3128);
  CHECK(proxy->authorization == "Basic dXM6ZXI6cGFzcyB3b3Jk");
  CHECK(proxy->Url() == "http://Proxy.example:3128");
  CHECK(ParseProxyUrl("http://proxy").value().port == 80);
  CHECK(ParseProxyUrl("HTTP://proxy").value().authorization.empty());
  CHECK(ParseProxyUrl("http://[fd00::1]:3128").value().Url() == "http://[fd00::1]:3128");
}

TEST_CASE("ParseProxyUrl refuses a URL that cannot be used without repeating its password") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"https://secret@proxy", "has the scheme https; only http proxies are supported"},
      {"socks5://secret@proxy", "has the scheme socks5; only http proxies are supported"},
      {"socks5h://proxy", "has the scheme socks5h; only http proxies are supported"},
      {"ftp://secret@proxy", "is not a URL such as http://HOST:PORT"},
      {"proxy:3128", "is not a URL such as http://HOST:PORT"},
      {"sec ret", "is not a URL such as http://HOST:PORT"},
      {"http://", "names no host"},
      {"http://u:secret@", "names no host"},
      {"http://a%0ab", "names no host"},
      {"http://proxy:0", "has no port from 1 to 65535"},
      {"http://proxy:65536", "has no port from 1 to 65535"},
      {"http://proxy:83726", "has no port from 1 to 65535"},
      {"http://pr\xc3\xb6xy", "holds characters beyond ASCII; write the host in its ASCII form (xn--...)"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    const auto proxy = ParseProxyUrl(text);
    REQUIRE(proxy.has_error());
    CHECK(proxy.error().message == message);
  }
}

TEST_CASE("the scheme of the server decides whether HTTPS_PROXY or HTTP_PROXY is used") {
  const ProxyEnvironment both{.https_proxy = "http://secure:1", .http_proxy = "plain:2"};
  const auto proxy = [&both](const std::string& scheme) {
    return ProxyFromEnvironment(both, scheme, "server", 443).value()->Url();
  };
  CHECK(proxy("https") == "http://secure:1");
  CHECK(proxy("http") == "http://plain:2");
  CHECK_FALSE(ProxyFromEnvironment({}, "https", "server", 443).value().has_value());
}

// Sets variables of this process, and unsets them afterwards.
class Variables {
 public:
  explicit Variables(std::vector<std::pair<std::string, std::string>> variables)
      : variables_(std::move(variables)) {
    for (const auto& [name, value] : variables_) ::setenv(name.c_str(), value.c_str(), 1);
  }
  ~Variables() {
    for (const auto& [name, value] : variables_) ::unsetenv(name.c_str());
  }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;

 private:
  const std::vector<std::pair<std::string, std::string>> variables_;
};

TEST_CASE("upper-case variables take precedence over lower-case ones unless they are empty") {
  const Variables lower({{"https_proxy", "a"}, {"http_proxy", "b"}, {"no_proxy", "c"}});
  {
    const Variables upper({{"HTTPS_PROXY", ""}, {"HTTP_PROXY", ""}, {"NO_PROXY", ""}});
    const ProxyEnvironment read = ProxyEnvironmentOfThisProcess();
    CHECK(read.https_proxy == "a");
    CHECK(read.http_proxy == "b");
    CHECK(read.no_proxy == "c");
    CHECK_FALSE(read.cgi);
  }
  const Variables upper(
      {{"HTTPS_PROXY", "A"}, {"HTTP_PROXY", "B"}, {"NO_PROXY", "C"}, {"REQUEST_METHOD", "GET"}});
  const ProxyEnvironment read = ProxyEnvironmentOfThisProcess();
  CHECK(read.https_proxy == "A");
  CHECK(read.http_proxy == "B");
  CHECK(read.no_proxy == "C");
  CHECK(read.cgi);
}

TEST_CASE("HTTPS_PROXY is used in a CGI process too") {
  const ProxyEnvironment environment{.https_proxy = "http://secure:1", .cgi = true};
  CHECK(ProxyFromEnvironment(environment, "https", "server", 443).value()->Url() == "http://secure:1");
}

TEST_CASE("a proxy in the environment that cannot be used is an error only if it would be used") {
  ProxyEnvironment environment{.https_proxy = "socks5://proxy", .http_proxy = "proxy", .cgi = true};
  CHECK(
      ProxyFromEnvironment(environment, "https", "server", 443).error().message.starts_with("HTTPS_PROXY: "));
  CHECK(ProxyFromEnvironment(environment, "http", "server", 80).error().message ==
        "HTTP_PROXY: is not trusted beside REQUEST_METHOD, for a CGI's client can set it");
  environment.no_proxy = "*";
  CHECK_FALSE(ProxyFromEnvironment(environment, "https", "server", 443).value().has_value());
}

TEST_CASE("NO_PROXY is matched as Go matches it") {
  const std::vector<std::tuple<std::string, std::string, int, bool>> cases = {
      {"", "server", 443, false},
      {"", "localhost", 443, true},
      {"", "LOCALHOST", 443, true},
      {"", "127.1.2.3", 443, true},
      {"", "::1", 443, true},
      {"", "localhost.example.com", 443, false},
      {"*", "server", 443, true},
      {"a, *", "server", 443, true},
      // Domains.
      {"example.com", "example.com", 443, true},
      {"example.com", "a.b.example.com", 443, true},
      {"EXAMPLE.com ", "A.Example.COM", 443, true},
      {"example.com", "notexample.com", 443, false},
      {".example.com", "a.example.com", 443, true},
      {".example.com", "example.com", 443, false},
      {"*.example.com", "a.example.com", 443, true},
      {"*.example.com", "example.com", 443, false},
      {"example.com:6443", "example.com", 6443, true},
      {"example.com:6443", "example.com", 443, false},
      {"a,,b , example.com", "example.com", 443, true},
      {"exam*.com", "example.com", 443, false},
      {":443", "example.com", 443, false},
      // Addresses.
      {"10.0.0.1", "10.0.0.1", 443, true},
      {"10.0.0.1", "10.0.0.10", 443, false},
      {"10.0.0.1", "::ffff:10.0.0.1", 443, true},
      {"10.0.0.1:443", "10.0.0.1", 443, true},
      {"10.0.0.1:443", "10.0.0.1", 6443, false},
      {"fd00::1", "fd00::1", 443, true},
      {"fd00:0::1", "fd00::1", 443, true},
      {"[fd00::1]:443", "fd00::1", 443, true},
      {"[fd00::1]:443", "fd00::1", 444, false},
      // Networks.
      {"10.0.0.0/8", "10.200.3.4", 443, true},
      {"10.1.2.3/8", "10.200.3.4", 443, true},
      {"10.0.0.0/8", "11.0.0.1", 443, false},
      {"10.0.0.0/8", "fd00::1", 443, false},
      {"10.0.0.0/8", "10.example.com", 443, false},
      {"fd00::/8", "fdab::1", 443, true},
      {"fd00::/8", "fe80::1", 443, false},
      {"10.0.0.0/33", "10.0.0.1", 443, false},
      {"10.0.0.0/x", "10.0.0.1", 443, false},
      {"0.0.0.0/0", "10.0.0.1", 443, true},
  };
  for (const auto& [no_proxy, host, port, named] : cases) {
    CAPTURE(no_proxy, host, port);
    CHECK(NoProxyNames(no_proxy, host, static_cast<std::uint16_t>(port)) == named);
  }
}

}  // namespace
}  // namespace k8sm::client
