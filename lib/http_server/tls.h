// TLS for servers.

#ifndef K8SM_LIB_HTTP_SERVER_TLS_H_
#define K8SM_LIB_HTTP_SERVER_TLS_H_

#include "lib/base/error.h"

#include <openssl/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace boost::asio::ssl {
class context;
}

namespace k8sm::http_server {

// PEM blocks, not file names.
struct TlsOptions {
  std::string cert_pem;  // certificate chain, the server's own first
  std::string key_pem;
  // CAs of client certificates; empty: client certificates are not requested.
  std::string client_ca_pem;
  // Reject clients without a valid certificate during the handshake. If false, they are treated as clients
  // without a certificate.
  bool require_client_cert = false;
};

// Names of the options in errors.
struct TlsNames {
  std::string cert = "the server's certificate";
  std::string key = "the server's key";
  std::string client_ca = "the authorities of client certificates";
};

using TlsContextPtr = std::shared_ptr<boost::asio::ssl::context>;

// Returns the context for a new connection. Called for each connection, and for each request of a client that
// has sent a certificate: such a client is disconnected once the context is another one (Stream::outdated()).
using TlsSource = std::function<TlsContextPtr()>;

// Requires TLS 1.2 or later. Fails with kInvalidConfig ("NAME: reason") if OpenSSL rejects an option.
Result<TlsContextPtr> MakeTlsContext(const TlsOptions& options, const TlsNames& names = {});

// Identity in a client certificate, as interpreted by Kubernetes.
struct ClientCertificate {
  std::string common_name;                 // the user; never empty
  std::vector<std::string> organizations;  // the user's groups
};

// Returns the identity of the client; nullopt if it has no certificate, one that is not signed by a
// configured CA, or one that has expired by `now`: since the handshake, or before its session was resumed.
// REQUIRES: the handshake of `ssl` has completed.
std::optional<ClientCertificate> ClientCertificateOf(SSL* ssl, std::chrono::system_clock::time_point now);

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_TLS_H_
