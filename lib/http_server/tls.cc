#include "lib/http_server/tls.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_context.hpp>
#include <boost/system/error_code.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstddef>
#include <ctime>

namespace k8sm::http_server {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

constexpr unsigned char kSessionContext[] = "k8sm";

Error Invalid(const std::string& name, const std::string& why) {
  return {.code = Errc::kInvalidConfig, .message = name + ": " + why};
}

Result<void> UseCertificate(ssl::context& context, const TlsOptions& options, const TlsNames& names) {
  error_code error;
  // OpenSSL's default callback prompts on the terminal.
  context.set_password_callback([](std::size_t, auto) { return std::string(); }, error);
  context.use_certificate_chain(boost::asio::buffer(options.cert_pem), error);
  if (error) return Invalid(names.cert, "no certificate in PEM: " + error.message());
  context.use_private_key(boost::asio::buffer(options.key_pem), ssl::context::pem, error);
  if (error && ERR_GET_REASON(static_cast<unsigned long>(error.value())) == X509_R_KEY_VALUES_MISMATCH) {
    return Invalid(names.key, "does not match " + names.cert);
  }
  if (error) return Invalid(names.key, "no private key in PEM: " + error.message());
  return {};
}

Result<void> AskForCertificates(ssl::context& context, const TlsOptions& options, const TlsNames& names) {
  error_code error;
  context.add_certificate_authority(boost::asio::buffer(options.client_ca_pem), error);
  if (error) return Invalid(names.client_ca, "no certificates in PEM: " + error.message());
  // Required for session resumption with client certificates.
  SSL_CTX_set_session_id_context(context.native_handle(), kSessionContext, sizeof kSessionContext - 1);
  if (options.require_client_cert) {
    context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    return {};
  }
  context.set_verify_mode(ssl::verify_peer);
  // Accept an invalid certificate in the handshake and treat it as none; requests are then rejected.
  context.set_verify_callback([](bool, ssl::verify_context&) { return true; });
  return {};
}

std::string TextOf(X509_NAME_ENTRY* entry) {
  const ASN1_STRING* data = X509_NAME_ENTRY_get_data(entry);
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(data)),
          static_cast<std::size_t>(ASN1_STRING_length(data))};
}

}  // namespace

Result<TlsContextPtr> MakeTlsContext(const TlsOptions& options, const TlsNames& names) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  Result<void> done = UseCertificate(*context, options, names);
  if (done && !options.client_ca_pem.empty()) done = AskForCertificates(*context, options, names);
  if (!done) return done.error();
  return context;
}

std::optional<ClientCertificate> ClientCertificateOf(SSL* ssl, std::chrono::system_clock::time_point now) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl), X509_free);
  if (!certificate || SSL_get_verify_result(ssl) != X509_V_OK) return std::nullopt;
  // OpenSSL has compared the times in the handshake only, and not when the session was resumed.
  std::time_t at = std::chrono::system_clock::to_time_t(now);
  if (X509_cmp_time(X509_get0_notAfter(certificate.get()), &at) <= 0) return std::nullopt;
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  ClientCertificate client;
  for (int i = 0; i < X509_NAME_entry_count(subject); ++i) {
    X509_NAME_ENTRY* entry = X509_NAME_get_entry(subject, i);
    const int kind = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    if (kind == NID_commonName) client.common_name = TextOf(entry);
    if (kind == NID_organizationName) client.organizations.push_back(TextOf(entry));
  }
  if (client.common_name.empty()) return std::nullopt;
  return client;
}

}  // namespace k8sm::http_server
