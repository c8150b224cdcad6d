#include "lib/client/auth/tls_files.h"

#include "lib/client/config/credential_file.h"
#include "lib/client/config/pem.h"

#include <sys/stat.h>
#include <utility>

namespace k8sm::client {
namespace {

constexpr std::chrono::seconds kInterval{10};

Error Invalid(const std::string& path, const std::string& why) {
  return {.code = Errc::kInvalidConfig, .message = path + ": " + why};
}

}  // namespace

TlsFiles::TlsFiles(const RestConfig& config)
    : ca_{config.ca_file, &TlsMaterial::ca_pem, {}},
      cert_{config.client_cert_file, &TlsMaterial::client_cert_pem, {}},
      key_{config.client_key_file, &TlsMaterial::client_key_pem, {}},
      material_{config.ca_pem, config.client_cert_pem, config.client_key_pem} {}

Result<bool> TlsFiles::Refresh(TimePoint now) {
  if (now < due_) return false;
  due_ = now + kInterval;
  if (!HaveChanged()) return false;
  auto material = Read();
  if (!material) {
    const std::string told = std::exchange(complaint_, material.error().message);
    if (told == complaint_) return false;
    return material.error();
  }
  complaint_.clear();
  if (*material == material_) return false;
  material_ = std::move(*material);
  return true;
}

TlsFiles::Looks TlsFiles::LookAt(const std::string& path) {
  struct stat status {};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return {};
  return {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino), status.st_size,
          status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
}

bool TlsFiles::HaveChanged() {
  // After a failure read again even if nothing seems changed: a write may leave time and size as they were.
  bool changed = !complaint_.empty();
  for (File* file : {&ca_, &cert_, &key_}) {
    const Looks looks = LookAt(file->path);
    if (looks != std::exchange(file->looks, looks)) changed = true;
  }
  return changed;
}

Result<TlsMaterial> TlsFiles::Read() const {
  TlsMaterial material = material_;
  for (const File* file : {&ca_, &cert_, &key_}) {
    if (file->path.empty()) continue;
    auto pem = ReadFile(file->path);
    if (!pem) return pem.error();
    material.*(file->pem) = std::move(*pem);
  }
  if (auto fine = Check(material); !fine) return fine.error();
  return material;
}

// Data in the config itself was checked when the config was loaded.
Result<void> TlsFiles::Check(const TlsMaterial& material) const {
  if (!ca_.path.empty()) {
    if (const std::string why = WhyNoAuthorities(material.ca_pem); !why.empty())
      return Invalid(ca_.path, why);
  }
  if (cert_.path.empty() && key_.path.empty()) return {};
  if (const std::string why = WhyNoCertificates(material.client_cert_pem); !why.empty())
    return Invalid(cert_.path, why);
  if (const std::string why = WhyUnusable(material.client_cert_pem); !why.empty())
    return Invalid(cert_.path, why);
  if (const std::string why = WhyNoPrivateKey(material.client_key_pem); !why.empty())
    return Invalid(key_.path, why);
  if (const std::string why = WhyNoPair(material.client_cert_pem, material.client_key_pem); !why.empty())
    return Invalid(key_.path.empty() ? cert_.path : key_.path, why);
  return {};
}

}  // namespace k8sm::client
