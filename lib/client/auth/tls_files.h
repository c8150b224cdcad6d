// Reloads the certificates and key that a config reads from files.

#ifndef K8SM_LIB_CLIENT_AUTH_TLS_FILES_H_
#define K8SM_LIB_CLIENT_AUTH_TLS_FILES_H_

#include "lib/base/error.h"
#include "lib/client/config/rest_config.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace k8sm::client {

// PEM blocks, as in RestConfig.
struct TlsMaterial {
  std::string ca_pem;
  std::string client_cert_pem;
  std::string client_key_pem;

  bool operator==(const TlsMaterial&) const = default;
};

// Checks the files' times and sizes at most every 10 s, and reads them if one has changed. The files are
// small and local, so blocking is negligible.
class TlsFiles {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Starts with the content of the config.
  explicit TlsFiles(const RestConfig& config);

  // Returns whether material() has changed. Fails, once for each distinct problem, if the files cannot be
  // used; material() keeps its value then. "FILE: is not the key of the client certificate" is normal while
  // only one file of a pair has been replaced.
  Result<bool> Refresh(TimePoint now);

  // Makes the next Refresh() check the files immediately.
  void LookAgain() { due_ = TimePoint::min(); }

  // The last content that could be used.
  const TlsMaterial& material() const { return material_; }

 private:
  // Metadata that identifies a version of a file; all zero if the file cannot be accessed.
  struct Looks {
    std::int64_t device = 0;
    std::int64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;

    bool operator==(const Looks&) const = default;
  };

  struct File {
    std::string path;  // empty: none
    std::string TlsMaterial::*pem = nullptr;
    Looks looks;
  };

  static Looks LookAt(const std::string& path);
  bool HaveChanged();
  Result<TlsMaterial> Read() const;
  Result<void> Check(const TlsMaterial& material) const;

  File ca_;
  File cert_;
  File key_;
  TlsMaterial material_;
  TimePoint due_ = TimePoint::min();
  std::string complaint_;  // last problem returned
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_AUTH_TLS_FILES_H_
