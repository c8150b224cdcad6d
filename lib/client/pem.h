// Checks of certificates and keys before they are used, so that a bad one is reported with its origin.

#ifndef K8SM_LIB_CLIENT_PEM_H_
#define K8SM_LIB_CLIENT_PEM_H_

#include <openssl/types.h>

#include <string>

namespace k8sm::client {

// Each says what is wrong ("holds no PEM certificate"), or nothing where nothing is. No part of the data is
// quoted.
std::string WhyNoCertificates(const std::string& pem);
// As for Go's crypto/x509, one certificate that parses is enough.
std::string WhyNoAuthorities(const std::string& pem);
// "certificate 2 of 3 does not parse"; empty where all do. REQUIRES: WhyNoAuthorities() says nothing.
std::string BrokenAuthorities(const std::string& pem);
std::string WhyNoPrivateKey(const std::string& pem);
// REQUIRES: both are fine on their own. The key has to be that of the first certificate.
std::string WhyNoPair(const std::string& cert_pem, const std::string& key_pem);
// Whether TLS can use the first certificate: a server would see no certificate at all where it can't.
std::string WhyUnusable(const std::string& cert_pem);

// The certificates of `pem` that parse become trust anchors, as in Go whatever they are: a root, an
// intermediate or a server's own.
void AddAuthorities(SSL_CTX* context, const std::string& pem);

// "2026-11-28T01:00:00Z", when the first certificate has expired; empty where it has not.
std::string WhenExpired(const std::string& cert_pem);

// What all TLS of the client has in common: TLS 1.2, and keys and signatures that Go takes too, such as RSA
// keys of 1,024 bits, which OpenSSL refuses by default.
void ConfigureTls(SSL_CTX* context);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_PEM_H_
