// TLS to the API server: what we trust, what it has to prove, and who we are.

#ifndef K8SM_LIB_CLIENT_TLS_CONTEXT_H_
#define K8SM_LIB_CLIENT_TLS_CONTEXT_H_

#include "lib/base/error.h"
#include "lib/client/rest_config.h"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace k8sm::client {

// The name or IP address that the server's certificate has to be valid for.
std::string TlsServerName(const RestConfig& config);

// For connections to the config's server: TLS 1.2 or later, the server verified (chain, and name or IP
// address) unless the config says otherwise, and our certificate. kInvalidConfig where a certificate or key
// cannot be used.
Result<std::shared_ptr<boost::asio::ssl::context>> MakeTlsContext(const RestConfig& config);

// Puts the name into the handshake where it is one: SNI has no IP addresses.
void SetServerNameIndication(SSL* connection, const std::string& server_name);

// Why OpenSSL does not accept the server's certificate, for the log.
std::string DescribeVerifyFailure(X509_STORE_CTX* verification, const std::string& server_name);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_TLS_CONTEXT_H_
