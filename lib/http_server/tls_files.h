// Reloads a server's certificate from files, which cert-manager or the kubelet may replace at any time.

#ifndef K8SM_LIB_HTTP_SERVER_TLS_FILES_H_
#define K8SM_LIB_HTTP_SERVER_TLS_FILES_H_

#include "lib/base/error.h"
#include "lib/http_server/self_signed.h"
#include "lib/http_server/tls.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

namespace k8sm::http_server {

// A PEM file, named "LABEL: PATH" in errors.
struct TlsFile {
  std::string label;
  std::string path;
};

// The files of a server's TLS configuration.
struct TlsFileOptions {
  TlsFile cert;
  TlsFile key;
  std::optional<KeyPair> pair = std::nullopt;  // used instead of the files `cert` and `key`
  TlsFile client_ca;                           // empty path: client certificates are not requested
  bool require_client_cert = false;            // as in TlsOptions
};

// Reads the files, and rereads them when they have changed.
class TlsFiles {
 public:
  // Fails with kInvalidConfig, naming the file, if a file cannot be read or used, or if certificate and key
  // do not match.
  static Result<std::unique_ptr<TlsFiles>> Load(TlsFileOptions options);

  // Returns the current context (TlsSource), from the current content of the files. If they have changed but
  // cannot be used, e.g. during a replacement, logs it once and returns the previous context.
  TlsContextPtr Context();

 private:
  // Changes when a file is replaced or modified; equal for files that cannot be accessed.
  using Stamp = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;
  using Stamps = std::array<Stamp, 3>;

  explicit TlsFiles(TlsFileOptions options) : options_(std::move(options)) {}

  static Stamp StampOf(const std::string& path);
  Stamps StampsNow() const;
  Result<KeyPair> ReadPair() const;
  Result<TlsContextPtr> Read() const;

  const TlsFileOptions options_;
  Stamps stamps_;  // at the last attempt to read
  TlsContextPtr context_;
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_TLS_FILES_H_
