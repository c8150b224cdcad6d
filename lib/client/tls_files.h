// The certificates and the key that a config names by file, kept up with what the files hold.

#ifndef K8SM_LIB_CLIENT_TLS_FILES_H_
#define K8SM_LIB_CLIENT_TLS_FILES_H_

#include "lib/base/error.h"
#include "lib/client/rest_config.h"

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

// Looks at the files' times and sizes at most every 10 s, and reads them where one of those has changed.
// Reads small local files, so it blocks for no time that matters.
class TlsFiles {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Begins with what the config holds.
  explicit TlsFiles(const RestConfig& config);

  // Whether material() has changed. An error, once for each way of being wrong, where the files hold what
  // can't be used; material() stays as it is then. "FILE: is not the key of the client certificate" is what a
  // pair looks like of which one half is replaced.
  Result<bool> Refresh(TimePoint now);

  // Look again at the next Refresh(), whenever that is.
  void LookAgain() { due_ = TimePoint::min(); }

  const TlsMaterial& material() const { return material_; }

 private:
  // What a file looked like; of one that can't be looked at, nothing.
  struct Looks {
    std::int64_t device = 0;
    std::int64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;

    bool operator==(const Looks&) const = default;
  };

  struct File {
    std::string path;  // empty: there is none
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
  std::string complaint_;  // told already
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_TLS_FILES_H_
