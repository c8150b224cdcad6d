// The server's side of TLS.

#ifndef K8SM_TEST_APISERVER_SERVER_TLS_H_
#define K8SM_TEST_APISERVER_SERVER_TLS_H_

#include "lib/base/error.h"
#include "test/apiserver/user.h"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <optional>
#include <string>

namespace k8sm::apiserver {

// PEM blocks, not file names.
struct TlsOptions {
  std::string cert_pem;  // empty: no TLS
  std::string key_pem;
  // Authorities of client certificates; empty: clients are not asked for one.
  std::string client_ca_pem;
  // Refuse a client without a good certificate in the handshake. Otherwise it is one without a user.
  bool require_client_cert = false;
};

using TlsContextPtr = std::shared_ptr<boost::asio::ssl::context>;

// nullptr where the options want no TLS. kInvalidConfig for what OpenSSL does not take.
Result<TlsContextPtr> MakeServerTls(const TlsOptions& options);

// Whom the client's certificate names: the common name, and the organizations as groups. Nothing without a
// certificate, or with one that no authority of ours vouches for. `ssl` has made its handshake.
std::optional<User> UserOfCertificate(SSL* ssl);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_SERVER_TLS_H_
