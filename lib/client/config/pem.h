// Checks certificates and keys before use, so that errors can name their origin.

#ifndef K8SM_LIB_CLIENT_CONFIG_PEM_H_
#define K8SM_LIB_CLIENT_CONFIG_PEM_H_

#include <openssl/types.h>

#include <string>

namespace k8sm::client {

// Each Why... function returns what is wrong ("holds no PEM certificate"), or an empty string. Messages do
// not quote the data.
std::string WhyNoCertificates(const std::string& pem);
// One certificate that parses suffices, as in Go's crypto/x509.
std::string WhyNoAuthorities(const std::string& pem);
// Returns "certificate 2 of 3 does not parse"; empty if all parse. REQUIRES: WhyNoAuthorities() is empty.
std::string BrokenAuthorities(const std::string& pem);
std::string WhyNoPrivateKey(const std::string& pem);
// Whether the key belongs to the first certificate. REQUIRES: both are valid individually.
std::string WhyNoPair(const std::string& cert_pem, const std::string& key_pem);
// Whether TLS can use the first certificate. If it cannot, the handshake would silently omit it.
std::string WhyUnusable(const std::string& cert_pem);

// Makes each certificate of `pem` that parses a trust anchor, whether root, intermediate or leaf, as Go does.
void AddAuthorities(SSL_CTX* context, const std::string& pem);

// Returns when the first certificate expired ("2026-11-28T01:00:00Z"); empty if it has not expired.
std::string WhenExpired(const std::string& cert_pem);

// Sets the TLS options of all connections: TLS 1.2 or later, and the keys and signatures that Go accepts,
// such as RSA keys of 1,024 bits, which OpenSSL rejects by default.
void ConfigureTls(SSL_CTX* context);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_PEM_H_
