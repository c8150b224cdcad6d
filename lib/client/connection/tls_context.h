// TLS to the API server: trusted roots, verification of the server, and the client certificate.

#ifndef K8SM_LIB_CLIENT_CONNECTION_TLS_CONTEXT_H_
#define K8SM_LIB_CLIENT_CONNECTION_TLS_CONTEXT_H_

#include "lib/base/error.h"
#include "lib/client/config/rest_config.h"

#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

namespace k8sm::client {

// Returns the name or IP address for which the server's certificate must be valid.
std::string TlsServerName(const RestConfig& config);

// TLS settings and session cache shared by the connections to one server. Resuming a session saves the server
// a signature and the client the verification of the certificate, which the session's first connection
// performed.
class TlsContext {
 public:
  // Requires TLS 1.2 or later, verifies the server (chain, and name or IP address) unless the config disables
  // it, and sets the client certificate. Fails with kInvalidConfig if a certificate or key cannot be used.
  static Result<std::shared_ptr<TlsContext>> Create(const RestConfig& config);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // The context for new streams, which must not outlive this object.
  boost::asio::ssl::context& context() { return context_; }
  // The name for which the server's certificate must be valid.
  const std::string& server_name() const { return server_name_; }

  // Call it before the handshake: sets the server name (SNI) unless it is an IP address, and a session to
  // resume, if there is one.
  void Prepare(SSL* connection);

 private:
  struct Free {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  using Session = std::unique_ptr<SSL_SESSION, Free>;

  explicit TlsContext(std::string server_name);

  void RememberSessions();
  static int OnSession(SSL* connection, SSL_SESSION* session);

  boost::asio::ssl::context context_;
  std::string server_name_;
  std::vector<Session> sessions_;  // the newest at the end
};

// Explains why OpenSSL rejected the server's certificate, for the log.
std::string DescribeVerifyFailure(X509_STORE_CTX* verification, const std::string& server_name);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_TLS_CONTEXT_H_
