#include "lib/client/connection/tls_context.h"

#include "lib/base/printable.h"
#include "lib/client/config/pem.h"

#include <boost/asio/ip/address.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace k8sm::client {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// A server may send any number of sessions.
constexpr std::size_t kMaxSessions = 16;

// Index under which an SSL_CTX stores its TlsContext.
int OwnerIndex() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

bool IsIpAddress(const std::string& name) {
  error_code error;
  asio::ip::make_address(name, error);
  return !error;
}

Error Invalid(const std::string& what, const std::string& why) {
  return {.code = Errc::kInvalidConfig, .message = what + ": " + why};
}

Result<void> SetTrust(asio::ssl::context& context, const RestConfig& config) {
  error_code error;
  if (config.insecure_skip_tls_verify) {
    context.set_verify_mode(asio::ssl::verify_none, error);
    return {};
  }
  context.set_verify_mode(asio::ssl::verify_peer, error);
  if (config.ca_pem.empty()) {
    context.set_default_verify_paths(error);
    if (error) return Invalid("the system's certificate authorities", error.message());
    return {};
  }
  if (const std::string why = WhyNoAuthorities(config.ca_pem); !why.empty())
    return Invalid("the server's certificate authorities", why);
  AddAuthorities(context.native_handle(), config.ca_pem);
  return {};
}

Result<void> SetPeerName(asio::ssl::context& context, const std::string& name) {
  X509_VERIFY_PARAM* param = SSL_CTX_get0_param(context.native_handle());
  X509_VERIFY_PARAM_set_hostflags(param,
                                  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const int set = IsIpAddress(name) ? X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str())
                                    : X509_VERIFY_PARAM_set1_host(param, name.data(), name.size());
  if (set == 1) return {};
  ERR_clear_error();
  return Error{.code = Errc::kInvalidConfig, .message = Quoted(name) + " cannot be a TLS server's name"};
}

Result<void> SetClientCertificate(asio::ssl::context& context, const RestConfig& config) {
  if (config.client_cert_pem.empty()) return {};
  error_code error;
  context.use_certificate_chain(asio::buffer(config.client_cert_pem), error);
  if (error) return Invalid("the client certificate", error.message());
  context.use_private_key(asio::buffer(config.client_key_pem), asio::ssl::context::pem, error);
  if (error) return Invalid("the client certificate's key", error.message());
  return {};
}

std::string Describe(const X509_NAME* name) {
  BIO* bio = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

std::string_view Bytes(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string DescribeIp(std::string_view bytes) {
  if (bytes.size() == 4) {
    asio::ip::address_v4::bytes_type v4;
    std::copy(bytes.begin(), bytes.end(), v4.begin());
    return asio::ip::address_v4(v4).to_string();
  }
  if (bytes.size() != 16) return "?";
  asio::ip::address_v6::bytes_type v6;
  std::copy(bytes.begin(), bytes.end(), v6.begin());
  return asio::ip::address_v6(v6).to_string();
}

// "kubernetes, kubernetes.default, 10.96.0.1"
std::string DescribeNames(const X509* certificate) {
  std::string text;
  auto* names =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
    if (!text.empty()) text += ", ";
    text += name->type == GEN_DNS ? Printable(Bytes(name->d.dNSName)) : DescribeIp(Bytes(name->d.iPAddress));
  }
  GENERAL_NAMES_free(names);
  return text.empty() ? "no name or IP address" : text;
}

}  // namespace

std::string TlsServerName(const RestConfig& config) {
  std::string name = config.tls_server_name.empty() ? config.host : config.tls_server_name;
  // A trailing dot (a fully qualified name) is valid for the resolver, but never part of a certificate's
  // names.
  if (name.ends_with('.')) name.pop_back();
  return name;
}

TlsContext::TlsContext(std::string server_name)
    : context_(asio::ssl::context::tls_client), server_name_(std::move(server_name)) {
  ConfigureTls(context_.native_handle());
  // As in Go, every trusted certificate is an anchor, self-signed or not.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context_.native_handle()), X509_V_FLAG_PARTIAL_CHAIN);
  RememberSessions();
}

Result<std::shared_ptr<TlsContext>> TlsContext::Create(const RestConfig& config) {
  std::shared_ptr<TlsContext> context(new TlsContext(TlsServerName(config)));
  if (auto set = SetTrust(context->context_, config); !set) return set.error();
  if (auto set = SetPeerName(context->context_, context->server_name_); !set) return set.error();
  if (auto set = SetClientCertificate(context->context_, config); !set) return set.error();
  return context;
}

// OpenSSL's internal cache is for servers; a client must store sessions itself.
void TlsContext::RememberSessions() {
  SSL_CTX* context = context_.native_handle();
  SSL_CTX_set_ex_data(context, OwnerIndex(), this);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, OnSession);
}

// With TLS 1.3, sessions arrive after the handshake, together with the first responses.
int TlsContext::OnSession(SSL* connection, SSL_SESSION* session) {
  auto* self = static_cast<TlsContext*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), OwnerIndex()));
  if (self->sessions_.size() == kMaxSessions) self->sessions_.erase(self->sessions_.begin());
  self->sessions_.emplace_back(session);
  return 1;  // takes ownership
}

void TlsContext::Prepare(SSL* connection) {
  // Fails for names that are too long; then verification fails with a clear error.
  if (!IsIpAddress(server_name_)) SSL_set_tlsext_host_name(connection, server_name_.c_str());
  if (sessions_.empty()) return;
  SSL_set_session(connection, sessions_.back().get());
  // A TLS 1.3 ticket should be used once (RFC 8446, appendix C.4), an older session may be reused.
  if (SSL_SESSION_get_protocol_version(sessions_.back().get()) >= TLS1_3_VERSION) sessions_.pop_back();
}

std::string DescribeVerifyFailure(X509_STORE_CTX* verification, const std::string& server_name) {
  const int error = X509_STORE_CTX_get_error(verification);
  const X509* certificate = X509_STORE_CTX_get_current_cert(verification);
  if (certificate == nullptr) return X509_verify_cert_error_string(error);
  if (error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH)
    return "its certificate is valid for " + DescribeNames(certificate) + ", not " + server_name;
  return "certificate " + Quoted(Describe(X509_get_subject_name(certificate))) + " issued by " +
         Quoted(Describe(X509_get_issuer_name(certificate))) + ": " + X509_verify_cert_error_string(error);
}

}  // namespace k8sm::client
