#include "lib/http_server/tls_files.h"

#include "lib/base/read_file.h"

#include <glog/logging.h>

#include <cstdio>
#include <limits>
#include <sys/stat.h>
#include <utility>

namespace k8sm::http_server {
namespace {

std::string NameOf(const TlsFile& file) {
  return file.label + ": " + file.path;
}

Error Unreadable(const TlsFile& file, const std::string& why) {
  return {.code = Errc::kInvalidConfig, .message = NameOf(file) + ": " + why};
}

Result<std::string> ReadFile(const TlsFile& file) {
  auto text = ReadToEnd(std::fopen(file.path.c_str(), "re"), std::numeric_limits<std::size_t>::max());
  if (!text) return Unreadable(file, text.error().message);
  return text;
}

}  // namespace

Result<std::unique_ptr<TlsFiles>> TlsFiles::Load(TlsFileOptions options) {
  std::unique_ptr<TlsFiles> files(new TlsFiles(std::move(options)));
  files->stamps_ = files->StampsNow();
  auto context = files->Read();
  if (!context) return context.error();
  files->context_ = *std::move(context);
  return files;
}

TlsContextPtr TlsFiles::Context() {
  const Stamps stamps = StampsNow();
  if (stamps == stamps_) return context_;
  stamps_ = stamps;
  auto context = Read();
  if (context) {
    context_ = *std::move(context);
    LOG(INFO) << "reloaded the certificate in "
              << (options_.pair ? options_.client_ca.path : options_.cert.path);
  } else {
    LOG(WARNING) << "keeping the certificate that was loaded before: " << context.error().message;
  }
  return context_;
}

TlsFiles::Stamp TlsFiles::StampOf(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

TlsFiles::Stamps TlsFiles::StampsNow() const {
  return {StampOf(options_.cert.path), StampOf(options_.key.path), StampOf(options_.client_ca.path)};
}

Result<KeyPair> TlsFiles::ReadPair() const {
  auto cert = ReadFile(options_.cert);
  if (!cert) return cert.error();
  auto key = ReadFile(options_.key);
  if (!key) return key.error();
  return KeyPair{*std::move(cert), *std::move(key)};
}

Result<TlsContextPtr> TlsFiles::Read() const {
  TlsOptions options;
  options.require_client_cert = options_.require_client_cert;
  Result<KeyPair> pair = options_.pair ? *options_.pair : ReadPair();
  if (!pair) return pair.error();
  options.cert_pem = std::move(pair->cert_pem);
  options.key_pem = std::move(pair->key_pem);
  if (!options_.client_ca.path.empty()) {
    auto text = ReadFile(options_.client_ca);
    if (!text) return text.error();
    options.client_ca_pem = *std::move(text);
  }
  return MakeTlsContext(
      options,
      {.cert = NameOf(options_.cert), .key = NameOf(options_.key), .client_ca = NameOf(options_.client_ca)});
}

}  // namespace k8sm::http_server
