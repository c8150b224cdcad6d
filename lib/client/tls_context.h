// TLS to the API server: what we trust, what it has to prove, and who we are.

#ifndef K8SM_LIB_CLIENT_TLS_CONTEXT_H_
#define K8SM_LIB_CLIENT_TLS_CONTEXT_H_

#include "lib/base/error.h"
#include "lib/client/rest_config.h"

#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

namespace k8sm::client {

// The name or IP address that the server's certificate has to be valid for.
std::string TlsServerName(const RestConfig& config);

// What connections to one server have in common, and what they remember for each other: resuming a session
// spares the server a signature, and us the check of its certificate, which the session's first connection
// has made.
class TlsContext {
 public:
  // TLS 1.2 or later, the server verified (chain, and name or IP address) unless the config says otherwise,
  // and our certificate. kInvalidConfig where a certificate or key cannot be used.
  static Result<std::shared_ptr<TlsContext>> Create(const RestConfig& config);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  boost::asio::ssl::context& context() { return context_; }
  const std::string& server_name() const { return server_name_; }

  // Before the handshake: puts the server's name into it where it is one (SNI has no IP addresses), and a
  // session to resume, if there is one.
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

// Why OpenSSL does not accept the server's certificate, for the log.
std::string DescribeVerifyFailure(X509_STORE_CTX* verification, const std::string& server_name);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_TLS_CONTEXT_H_
