#include "lib/client/config/pem.h"

#include "test/support/catch.h"
#include "test/support/certificates.h"

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using test::TestAuthority;

int CountAnchors(const std::string& pem) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  AddAuthorities(context.get(), pem);
  STACK_OF(X509)* all = X509_STORE_get1_all_certs(SSL_CTX_get_cert_store(context.get()));
  const int count = sk_X509_num(all);
  sk_X509_pop_free(all, X509_free);
  return count;
}

TEST_CASE("certificates that do not parse are left out of a bundle and reported") {
  const std::string a = TestAuthority("a").cert_pem();
  const std::string b = TestAuthority("b").cert_pem();
  const std::string key = TestAuthority("c").Issue("d", "").key_pem;
  const std::string begin = "-----BEGIN CERTIFICATE-----\n";
  const std::string end = "-----END CERTIFICATE-----\n";
  const std::string no_certificate = begin + "AAAA\n" + end;
  const std::string no_base64 = begin + "%%%%\n" + end;
  struct Case {
    std::string pem;
    int anchors;
    std::string broken;
  };
  const std::vector<Case> cases = {
      {a, 1, ""},
      {a + b, 2, ""},
      {"a title\n" + a + "\n# another\n" + b, 2, ""},
      {key + a + key, 1, ""},
      {no_certificate + a + b, 2, "certificate 1 of 3 does not parse"},
      {a + no_certificate + b, 2, "certificate 2 of 3 does not parse"},
      {a + b + no_certificate, 2, "certificate 3 of 3 does not parse"},
      {a + no_base64 + b, 2, "certificate 2 of 3 does not parse"},
      {no_certificate + a + no_certificate, 1, "certificate 1 of 3 does not parse"},
      {a + a, 1, ""},
  };
  for (const Case& test : cases) {
    CAPTURE(test.pem);
    CHECK(WhyNoAuthorities(test.pem).empty());
    CHECK(BrokenAuthorities(test.pem) == test.broken);
    CHECK(CountAnchors(test.pem) == test.anchors);
  }
  CHECK(WhyNoAuthorities("") == "holds no PEM certificate");
  CHECK(WhyNoAuthorities(key) == "holds no PEM certificate");
  CHECK(WhyNoAuthorities(no_certificate + no_certificate) == "certificate 1 does not parse");
  // A certificate without an end does not make it loop.
  CHECK_FALSE(WhyNoAuthorities(begin + "AAAA").empty());
}

TEST_CASE("ConfigureTls requires TLS 1.2 and allows keys as weak as Go allows") {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  ConfigureTls(context.get());
  CHECK(SSL_CTX_get_min_proto_version(context.get()) == TLS1_2_VERSION);
  CHECK(SSL_CTX_get_security_level(context.get()) == 1);
}

TEST_CASE("WhenExpired gives the time at which a certificate has expired") {
  const TestAuthority authority("a");
  CHECK(WhenExpired(authority.Issue("b", "").cert_pem).empty());
  CHECK(WhenExpired("garbage").empty());
  const std::string when = WhenExpired(authority.IssueWith("b", {.ends_in_seconds = -60}).cert_pem);
  CHECK(when.size() == 20);
  CHECK(when.starts_with("20"));
  CHECK(when.ends_with("Z"));
}

}  // namespace
}  // namespace k8sm::client
