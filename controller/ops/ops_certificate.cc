#include "controller/ops/ops_certificate.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <glog/logging.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <sys/stat.h>
#include <utility>

namespace k8sm::controller {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

Error Invalid(std::string_view flag, const std::string& file, const std::string& why) {
  return {.code = Errc::kInvalidConfig, .message = "-" + std::string(flag) + ": " + file + ": " + why};
}

Result<std::string> ReadFile(std::string_view flag, const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream.is_open()) return Invalid(flag, file, std::strerror(errno));
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (stream.bad()) return Invalid(flag, file, "can't be read");
  return text;
}

}  // namespace

OpsCertificate::OpsCertificate(std::string cert_file, std::string key_file)
    : cert_file_(std::move(cert_file)), key_file_(std::move(key_file)) {}

Result<std::unique_ptr<OpsCertificate>> OpsCertificate::Load(std::string cert_file, std::string key_file) {
  std::unique_ptr<OpsCertificate> certificate(new OpsCertificate(std::move(cert_file), std::move(key_file)));
  certificate->cert_stamp_ = StampOf(certificate->cert_file_);
  certificate->key_stamp_ = StampOf(certificate->key_file_);
  auto context = certificate->Read();
  if (!context) return context.error();
  certificate->context_ = *std::move(context);
  return certificate;
}

std::shared_ptr<asio::ssl::context> OpsCertificate::Context() {
  const Stamp cert_stamp = StampOf(cert_file_);
  const Stamp key_stamp = StampOf(key_file_);
  if (cert_stamp == cert_stamp_ && key_stamp == key_stamp_) return context_;
  cert_stamp_ = cert_stamp;
  key_stamp_ = key_stamp;
  auto context = Read();
  if (context) {
    context_ = *std::move(context);
    LOG(INFO) << "the ops server's certificate was read again from " << cert_file_;
  } else {
    LOG(WARNING) << "the ops server keeps its certificate: " << context.error().message;
  }
  return context_;
}

OpsCertificate::Stamp OpsCertificate::StampOf(const std::string& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

Result<std::shared_ptr<asio::ssl::context>> OpsCertificate::Read() const {
  static constexpr std::string_view kCertFlag = "tls_cert_file";
  static constexpr std::string_view kKeyFlag = "tls_private_key_file";
  const auto cert = ReadFile(kCertFlag, cert_file_);
  if (!cert) return cert.error();
  const auto key = ReadFile(kKeyFlag, key_file_);
  if (!key) return key.error();

  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  error_code error;
  // OpenSSL would ask a terminal for the password.
  context->set_password_callback([](std::size_t, auto) { return std::string(); }, error);
  context->use_certificate_chain(asio::buffer(*cert), error);
  if (error) return Invalid(kCertFlag, cert_file_, "no certificate in PEM: " + error.message());
  context->use_private_key(asio::buffer(*key), asio::ssl::context::pem, error);
  if (error && ERR_GET_REASON(static_cast<unsigned long>(error.value())) == X509_R_KEY_VALUES_MISMATCH) {
    return Invalid(kKeyFlag, key_file_, "is not the key of the certificate in " + cert_file_);
  }
  if (error) return Invalid(kKeyFlag, key_file_, "no private key in PEM: " + error.message());
  return context;
}

}  // namespace k8sm::controller
