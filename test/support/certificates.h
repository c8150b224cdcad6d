// Generates certificates for TLS tests.

#ifndef K8SM_TEST_SUPPORT_CERTIFICATES_H_
#define K8SM_TEST_SUPPORT_CERTIFICATES_H_

#include <boost/asio/ssl/context.hpp>
#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

namespace k8sm::test {

struct CertificateAndKey {
  std::string cert_pem;
  std::string key_pem;
};

struct CertificateOptions {
  std::string names = {};
  std::string key = "P-256";  // an elliptic curve, or RSA with a number of bits ("RSA-1024")
  std::string digest = "SHA256";
  long ends_in_seconds = 3600;
};

// A certificate authority.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& common_name);

  const std::string& cert_pem() const { return cert_pem_; }
  // Issues a certificate. `names` is a subjectAltName as OpenSSL writes it: "DNS:localhost,IP:127.0.0.1".
  CertificateAndKey Issue(const std::string& common_name, const std::string& names,
                          const std::vector<std::string>& organizations = {}) const;

  CertificateAndKey IssueWith(const std::string& common_name, const CertificateOptions& options) const;
  // Returns an intermediate authority whose certificate this one has issued.
  TestAuthority IssueAuthority(const std::string& common_name) const;

 private:
  TestAuthority(const std::string& common_name, const TestAuthority* issuer);

  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
  std::string cert_pem_;
};

// Returns the TLS context of a server with this certificate.
boost::asio::ssl::context ServerContext(const CertificateAndKey& certificate);

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_CERTIFICATES_H_
