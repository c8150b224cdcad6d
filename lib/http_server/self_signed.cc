#include "lib/http_server/self_signed.h"

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace k8sm::http_server {
namespace {

constexpr int kSerialBits = 127;
constexpr long kHour = 60L * 60;
constexpr int kValidDays = 3650;

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;

// Whether the text can be a DNS name, and thus is no syntax of OpenSSL's configuration either.
bool IsHostName(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  return !name.empty() && name.size() <= 64 && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

// The subjectAltName, in OpenSSL's notation.
std::string NamesOf(const std::string& host_name, const std::vector<std::string>& ip_addresses) {
  std::string names = "DNS:localhost";
  if (IsHostName(host_name) && host_name != "localhost") names += ",DNS:" + host_name;
  for (const std::string& each : ip_addresses) {
    boost::system::error_code error;
    const auto ip = boost::asio::ip::make_address(each, error);
    if (!error && !(ip.is_v6() && ip.to_v6().scope_id() != 0)) names += ",IP:" + ip.to_string();
  }
  return names;
}

bool SetSerial(X509* certificate) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_new(), BN_free);
  return number && BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetName(X509* certificate, const std::string& host_name) {
  const std::string name = (IsHostName(host_name) ? host_name : "localhost");
  X509_NAME* subject = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(name.data()),
                                    static_cast<int>(name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

bool AddExtension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()), X509_EXTENSION_free);
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

CertificatePtr CertificateFor(EVP_PKEY* key, const std::string& host_name,
                              const std::vector<std::string>& ip_addresses) {
  CertificatePtr certificate(X509_new(), X509_free);
  X509* cert = certificate.get();
  const bool done = cert != nullptr && X509_set_version(cert, X509_VERSION_3) == 1 && SetSerial(cert) &&
                    X509_gmtime_adj(X509_getm_notBefore(cert), -kHour) != nullptr &&
                    X509_time_adj_ex(X509_getm_notAfter(cert), kValidDays, 0, nullptr) != nullptr &&
                    X509_set_pubkey(cert, key) == 1 && SetName(cert, host_name) &&
                    AddExtension(cert, NID_subject_alt_name, NamesOf(host_name, ip_addresses)) &&
                    AddExtension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
                    AddExtension(cert, NID_key_usage, "critical,digitalSignature") &&
                    AddExtension(cert, NID_ext_key_usage, "serverAuth") &&
                    X509_sign(cert, key, EVP_sha256()) != 0;
  if (!done) certificate.reset();
  return certificate;
}

// Returns what `write` writes; empty if it fails.
template <class Write>
std::string PemOf(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
  if (!memory || write(memory.get()) != 1) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(std::max(size, 0L))};
}

}  // namespace

Result<KeyPair> MakeSelfSigned(const std::string& host_name, const std::vector<std::string>& ip_addresses) {
  const KeyPtr key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  KeyPair pair;
  if (key) {
    const CertificatePtr certificate = CertificateFor(key.get(), host_name, ip_addresses);
    if (certificate) {
      pair.cert_pem = PemOf([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); });
      pair.key_pem = PemOf([&](BIO* bio) {
        return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
      });
    }
  }
  if (!pair.cert_pem.empty() && !pair.key_pem.empty()) return pair;
  return Error{.code = Errc::kInvalidConfig, .message = "OpenSSL cannot generate a certificate"};
}

}  // namespace k8sm::http_server
