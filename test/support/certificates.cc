#include "test/support/certificates.h"

#include <boost/asio/buffer.hpp>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace k8sm::test {
namespace {

using KeyPtr = std::shared_ptr<EVP_PKEY>;
using CertificatePtr = std::shared_ptr<X509>;

KeyPtr NewKey(const std::string& kind = "P-256") {
  const std::string rsa = "RSA-";
  EVP_PKEY* key = kind.starts_with(rsa)
                      ? EVP_RSA_gen(static_cast<unsigned>(std::stoul(kind.substr(rsa.size()))))
                      : EVP_EC_gen(kind.c_str());
  return {key, EVP_PKEY_free};
}

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

std::string Pem(X509* certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  return Text(bio);
}

std::string Pem(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  return Text(bio);
}

void AddToSubject(X509* certificate, const char* field, const std::string& value) {
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), field, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1, 0);
}

CertificatePtr NewCertificate(const std::string& common_name, EVP_PKEY* key) {
  CertificatePtr certificate(X509_new(), X509_free);
  static long serial = 0;
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  AddToSubject(certificate.get(), "CN", common_name);
  return certificate;
}

void AddExtension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

TestAuthority::TestAuthority(const std::string& common_name) : TestAuthority(common_name, nullptr) {}

TestAuthority::TestAuthority(const std::string& common_name, const TestAuthority* issuer)
    : key_(NewKey()), certificate_(NewCertificate(common_name, key_.get())) {
  const TestAuthority& by = issuer == nullptr ? *this : *issuer;
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(by.certificate_.get()));
  AddExtension(certificate_.get(), by.certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate_.get(), by.certificate_.get(), NID_key_usage, "critical,keyCertSign");
  X509_sign(certificate_.get(), by.key_.get(), EVP_sha256());
  cert_pem_ = Pem(certificate_.get());
}

TestAuthority TestAuthority::IssueAuthority(const std::string& common_name) const {
  return {common_name, this};
}

CertificateAndKey TestAuthority::IssueWith(const std::string& common_name,
                                           const CertificateOptions& options) const {
  const KeyPtr key = NewKey(options.key);
  const CertificatePtr certificate = NewCertificate(common_name, key.get());
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), options.ends_in_seconds);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  if (!options.names.empty())
    AddExtension(certificate.get(), certificate_.get(), NID_subject_alt_name, options.names);
  X509_sign(certificate.get(), key_.get(), EVP_get_digestbyname(options.digest.c_str()));
  return {Pem(certificate.get()), Pem(key.get())};
}

CertificateAndKey TestAuthority::Issue(const std::string& common_name, const std::string& names,
                                       const std::vector<std::string>& organizations) const {
  const KeyPtr key = NewKey();
  const CertificatePtr certificate = NewCertificate(common_name, key.get());
  for (const std::string& organization : organizations) AddToSubject(certificate.get(), "O", organization);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  if (!names.empty()) AddExtension(certificate.get(), certificate_.get(), NID_subject_alt_name, names);
  X509_sign(certificate.get(), key_.get(), EVP_sha256());
  return {Pem(certificate.get()), Pem(key.get())};
}

boost::asio::ssl::context ServerContext(const CertificateAndKey& certificate) {
  boost::asio::ssl::context context(boost::asio::ssl::context::tls_server);
  context.use_certificate_chain(boost::asio::buffer(certificate.cert_pem));
  context.use_private_key(boost::asio::buffer(certificate.key_pem), boost::asio::ssl::context::pem);
  // Without a context, OpenSSL does not resume sessions with client certificates.
  const std::string id = "test";
  SSL_CTX_set_session_id_context(context.native_handle(), reinterpret_cast<const unsigned char*>(id.data()),
                                 static_cast<unsigned>(id.size()));
  return context;
}

}  // namespace k8sm::test
