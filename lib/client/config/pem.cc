#include "lib/client/config/pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

namespace k8sm::client {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using BioPtr = std::unique_ptr<BIO, Free>;
using CertificatePtr = std::unique_ptr<X509, Free>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;
using ContextPtr = std::unique_ptr<SSL_CTX, Free>;

// OpenSSL's level for 80 bits of security, which permits RSA with 1,024 bits.
constexpr int kSecurityLevel = 1;

BioPtr Open(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

CertificatePtr ReadCertificate(BIO* bio) {
  return CertificatePtr(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr));
}

// OpenSSL's default callback prompts on the terminal.
int NoPassword(char*, int, int, void*) {
  return -1;
}

KeyPtr ReadKey(BIO* bio) {
  return KeyPtr(PEM_read_bio_PrivateKey(bio, nullptr, NoPassword, nullptr));
}

// Calls `take` with each certificate, or null for one that does not parse. Other blocks are skipped.
template <class Take>
void ForEachCertificate(const std::string& pem, Take take) {
  const BioPtr bio = Open(pem);
  for (;;) {
    const CertificatePtr certificate = ReadCertificate(bio.get());
    const bool at_end = !certificate && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (at_end) return;
    take(certificate.get());
    if (!certificate && BIO_eof(bio.get())) return;
  }
}

struct Authorities {
  int good = 0;
  int all = 0;
  int first_broken = 0;  // counted from 1; 0: none
};

Authorities CountAuthorities(const std::string& pem) {
  Authorities count;
  ForEachCertificate(pem, [&count](const X509* certificate) {
    ++count.all;
    if (certificate != nullptr) ++count.good;
    if (certificate == nullptr && count.first_broken == 0) count.first_broken = count.all;
  });
  return count;
}

// Key types usable in TLS 1.2 and 1.3. OpenSSL silently omits others from the handshake.
bool IsTlsKey(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
      return true;
    case EVP_PKEY_EC: {
      char group[80] = "";
      EVP_PKEY_get_group_name(key, group, sizeof group, nullptr);
      const int curve = OBJ_txt2nid(group);
      return curve == NID_X9_62_prime256v1 || curve == NID_secp384r1 || curve == NID_secp521r1;
    }
    default:
      return false;
  }
}

std::string Iso8601(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "?";
  char text[40];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace

std::string WhyNoCertificates(const std::string& pem) {
  const BioPtr bio = Open(pem);
  int count = 0;
  while (ReadCertificate(bio.get())) ++count;
  // Reading stops at the first block that is not a certificate; only the end of the text is not an error.
  const int reason = ERR_GET_REASON(ERR_peek_last_error());
  ERR_clear_error();
  if (reason != PEM_R_NO_START_LINE) return "certificate " + std::to_string(count + 1) + " does not parse";
  return count == 0 ? "holds no PEM certificate" : "";
}

std::string WhyNoAuthorities(const std::string& pem) {
  const Authorities count = CountAuthorities(pem);
  if (count.all == 0) return "holds no PEM certificate";
  return count.good == 0 ? "certificate 1 does not parse" : "";
}

std::string BrokenAuthorities(const std::string& pem) {
  const Authorities count = CountAuthorities(pem);
  if (count.first_broken == 0) return "";
  return "certificate " + std::to_string(count.first_broken) + " of " + std::to_string(count.all) +
         " does not parse";
}

std::string WhyNoPrivateKey(const std::string& pem) {
  const bool parses = ReadKey(Open(pem).get()) != nullptr;
  ERR_clear_error();
  if (parses) return "";
  return pem.find("ENCRYPTED") == std::string::npos ? "holds no PEM private key"
                                                    : "is encrypted, which is not supported";
}

std::string WhyNoPair(const std::string& cert_pem, const std::string& key_pem) {
  const CertificatePtr certificate = ReadCertificate(Open(cert_pem).get());
  const KeyPtr key = ReadKey(Open(key_pem).get());
  const bool match = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return match ? "" : "is not the key of the client certificate";
}

std::string WhyUnusable(const std::string& cert_pem) {
  const CertificatePtr certificate = ReadCertificate(Open(cert_pem).get());
  const EVP_PKEY* key = certificate ? X509_get0_pubkey(certificate.get()) : nullptr;
  ERR_clear_error();
  if (key == nullptr || !IsTlsKey(key))
    return "has a key of a kind that TLS cannot use; issue it with RSA, ECDSA (P-256, P-384, P-521) or "
           "Ed25519";
  const ContextPtr context(SSL_CTX_new(TLS_client_method()));
  ConfigureTls(context.get());
  const bool usable = SSL_CTX_use_certificate(context.get(), certificate.get()) == 1;
  const char* reason = usable ? nullptr : ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  if (usable) return "";
  return std::string("is too weak for TLS (") + (reason == nullptr ? "unknown reason" : reason) +
         "); issue it with SHA-256 and, with RSA, a key of 2,048 bits";
}

void AddAuthorities(SSL_CTX* context, const std::string& pem) {
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  ForEachCertificate(pem, [store](X509* certificate) {
    if (certificate != nullptr) X509_STORE_add_cert(store, certificate);
  });
}

std::string WhenExpired(const std::string& cert_pem) {
  const CertificatePtr certificate = ReadCertificate(Open(cert_pem).get());
  ERR_clear_error();
  if (!certificate) return "";
  const ASN1_TIME* end = X509_get0_notAfter(certificate.get());
  return X509_cmp_current_time(end) < 0 ? Iso8601(end) : "";
}

void ConfigureTls(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_security_level(context, kSecurityLevel);
}

}  // namespace k8sm::client
