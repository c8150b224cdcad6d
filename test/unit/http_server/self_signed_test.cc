#include "lib/http_server/self_signed.h"

#include "test/support/catch.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <string>
#include <vector>

namespace k8sm::http_server {
namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate Make(const std::string& host_name, const std::vector<std::string>& ip_addresses = {}) {
  const std::string pem = MakeSelfSigned(host_name, ip_addresses).value().cert_pem;
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  return {PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free};
}

// Whether a time is within a minute of that many seconds from now.
bool IsIn(const ASN1_TIME* time, std::time_t seconds) {
  std::time_t before = std::time(nullptr) + seconds - 60;
  std::time_t after = before + 120;
  return X509_cmp_time(time, &before) > 0 && X509_cmp_time(time, &after) < 0;
}

TEST_CASE("a self-signed certificate is valid from an hour before now until ten years after now") {
  const Certificate certificate = Make("host-1");
  constexpr std::time_t kHour = 60 * 60;
  CHECK(IsIn(X509_get0_notBefore(certificate.get()), -kHour));
  CHECK(IsIn(X509_get0_notAfter(certificate.get()), 3650 * 24 * kHour));
}

TEST_CASE("a self-signed certificate is for a server with the given names and addresses, and not a CA") {
  const Certificate certificate = Make("host-1", {"10.0.0.1", "fd00::1", "fe80::1%1", "nowhere"});
  X509* const cert = certificate.get();
  for (const char* name : {"localhost", "host-1"}) CHECK(X509_check_host(cert, name, 0, 0, nullptr) == 1);
  CHECK(X509_check_host(cert, "host-2", 0, 0, nullptr) == 0);
  for (const char* address : {"10.0.0.1", "fd00::1"}) CHECK(X509_check_ip_asc(cert, address, 0) == 1);
  for (const char* address : {"10.0.0.2", "fe80::1"}) CHECK(X509_check_ip_asc(cert, address, 0) == 0);
  CHECK(X509_check_purpose(cert, X509_PURPOSE_SSL_SERVER, 0) == 1);
  CHECK(X509_check_purpose(cert, X509_PURPOSE_SSL_CLIENT, 0) == 0);
  CHECK(X509_check_ca(cert) == 0);
}

TEST_CASE("self-signed certificates have different serial numbers") {
  const Certificate one = Make("host-1");
  const Certificate two = Make("host-1");
  CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(one.get()), X509_get0_serialNumber(two.get())) != 0);
}

TEST_CASE("an invalid host name is left out of a self-signed certificate") {
  for (const std::string& name : {std::string(), std::string("a,DNS:evil"), std::string("\xff"),
                                  std::string("dirName:x"), std::string(65, 'a')}) {
    CAPTURE(name);
    const Certificate certificate = Make(name);
    REQUIRE(certificate);
    CHECK(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr) == 1);
    CHECK(X509_check_host(certificate.get(), "evil", 0, 0, nullptr) == 0);
  }
  CHECK(X509_check_host(Make(std::string(64, 'a')).get(), std::string(64, 'a').c_str(), 0, 0, nullptr) == 1);
  CHECK(Make("host-1", {"1.2.3.4,DNS:evil"}) != nullptr);
}

}  // namespace
}  // namespace k8sm::http_server
