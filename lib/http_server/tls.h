// The server's side of TLS.

#ifndef K8SM_LIB_HTTP_SERVER_TLS_H_
#define K8SM_LIB_HTTP_SERVER_TLS_H_

#include "lib/base/error.h"

#include <openssl/types.h>

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
  std::string cert_pem;  // the chain, the server's own first
  std::string key_pem;
  // Authorities of client certificates; empty: clients are not asked for one.
  std::string client_ca_pem;
  // Refuse a client without a good certificate in the handshake. Otherwise it is one without a certificate.
  bool require_client_cert = false;
};

// What errors call each of the options.
struct TlsNames {
  std::string cert = "the server's certificate";
  std::string key = "the server's key";
  std::string client_ca = "the authorities of client certificates";
};

using TlsContextPtr = std::shared_ptr<boost::asio::ssl::context>;

// The context for the next connection; called for each.
using TlsSource = std::function<TlsContextPtr()>;

// TLS 1.2 or later. kInvalidConfig, "NAME: why", for what OpenSSL does not take.
Result<TlsContextPtr> MakeTlsContext(const TlsOptions& options, const TlsNames& names = {});

// Whom a client's certificate names, as Kubernetes reads it.
struct ClientCertificate {
  std::string common_name;                 // the user; never empty
  std::vector<std::string> organizations;  // the user's groups
};

// Nothing without a certificate, or with one that no authority of the server vouches for. `ssl` has made its
// handshake.
std::optional<ClientCertificate> ClientCertificateOf(SSL* ssl);

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_TLS_H_
