#include "lib/client/pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace k8sm::client {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using BioPtr = std::unique_ptr<BIO, Free>;
using CertificatePtr = std::unique_ptr<X509, Free>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;

BioPtr Open(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

CertificatePtr ReadCertificate(BIO* bio) {
  return CertificatePtr(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr));
}

// OpenSSL's default asks on the terminal.
int NoPassword(char*, int, int, void*) {
  return -1;
}

KeyPtr ReadKey(BIO* bio) {
  return KeyPtr(PEM_read_bio_PrivateKey(bio, nullptr, NoPassword, nullptr));
}

}  // namespace

std::string WhyNoCertificates(const std::string& pem) {
  const BioPtr bio = Open(pem);
  int count = 0;
  while (ReadCertificate(bio.get())) ++count;
  // Reading ends at the first thing that is no certificate; only the end of the text is a good reason.
  const int reason = ERR_GET_REASON(ERR_peek_last_error());
  ERR_clear_error();
  if (reason != PEM_R_NO_START_LINE) return "certificate " + std::to_string(count + 1) + " does not parse";
  return count == 0 ? "holds no PEM certificate" : "";
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

}  // namespace k8sm::client
