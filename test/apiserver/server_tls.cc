#include "test/apiserver/server_tls.h"

#include <boost/asio/buffer.hpp>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <string_view>

namespace k8sm::apiserver {
namespace {

namespace ssl = boost::asio::ssl;

constexpr unsigned char kSessionContext[] = "k8sm-apiserver";

std::string TextOf(X509_NAME_ENTRY* entry) {
  const ASN1_STRING* data = X509_NAME_ENTRY_get_data(entry);
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(data)),
          static_cast<std::size_t>(ASN1_STRING_length(data))};
}

void AskForCertificates(ssl::context& context, const TlsOptions& options, boost::system::error_code& error) {
  context.add_certificate_authority(boost::asio::buffer(options.client_ca_pem), error);
  if (options.require_client_cert) {
    context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    return;
  }
  context.set_verify_mode(ssl::verify_peer);
  // A bad one is like none: what it comes to is the answer to a request.
  context.set_verify_callback([](bool, ssl::verify_context&) { return true; });
}

}  // namespace

Result<TlsContextPtr> MakeServerTls(const TlsOptions& options) {
  if (options.cert_pem.empty()) return TlsContextPtr();
  const auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code error;
  context->use_certificate_chain(boost::asio::buffer(options.cert_pem), error);
  if (error) return Error{Errc::kInvalidConfig, "the server's certificate: " + error.message()};
  context->use_private_key(boost::asio::buffer(options.key_pem), ssl::context::pem, error);
  if (error) return Error{Errc::kInvalidConfig, "the server's key: " + error.message()};
  if (!options.client_ca_pem.empty()) AskForCertificates(*context, options, error);
  if (error) return Error{Errc::kInvalidConfig, "the authorities of client certificates: " + error.message()};
  // Without it sessions of clients with certificates are not resumed.
  SSL_CTX_set_session_id_context(context->native_handle(), kSessionContext, sizeof kSessionContext - 1);
  return context;
}

std::optional<User> UserOfCertificate(SSL* ssl) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl), X509_free);
  if (!certificate || SSL_get_verify_result(ssl) != X509_V_OK) return std::nullopt;
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  User user;
  for (int i = 0; i < X509_NAME_entry_count(subject); ++i) {
    X509_NAME_ENTRY* entry = X509_NAME_get_entry(subject, i);
    const int kind = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    if (kind == NID_commonName) user.name = TextOf(entry);
    if (kind == NID_organizationName) user.groups.push_back(TextOf(entry));
  }
  if (user.name.empty()) return std::nullopt;
  return user;
}

}  // namespace k8sm::apiserver
