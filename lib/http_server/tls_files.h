// A server's certificate in files that others may replace at any time (cert-manager and the kubelet do).

#ifndef K8SM_LIB_HTTP_SERVER_TLS_FILES_H_
#define K8SM_LIB_HTTP_SERVER_TLS_FILES_H_

#include "lib/base/error.h"
#include "lib/http_server/tls.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>

namespace k8sm::http_server {

// A PEM file; errors call it "LABEL: PATH".
struct TlsFile {
  std::string label;
  std::string path;
};

struct TlsFileOptions {
  TlsFile cert;
  TlsFile key;
  TlsFile client_ca;                 // an empty path: clients are not asked for a certificate
  bool require_client_cert = false;  // as in TlsOptions
};

// Reads the files, and reads them again where they have changed.
class TlsFiles {
 public:
  // kInvalidConfig, naming the file, where one cannot be read or used or certificate and key do not belong
  // together.
  static Result<std::unique_ptr<TlsFiles>> Load(TlsFileOptions options);

  // For the next connection, from what the files hold now. Where they have changed and cannot be used, as in
  // the middle of a replacement, from what they held before; that is logged once.
  TlsContextPtr Context();

 private:
  // Differs where a file was replaced or written to; equal for files that cannot be looked at.
  using Stamp = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;
  using Stamps = std::array<Stamp, 3>;

  explicit TlsFiles(TlsFileOptions options) : options_(std::move(options)) {}

  static Stamp StampOf(const std::string& path);
  Stamps StampsNow() const;
  Result<TlsContextPtr> Read() const;

  const TlsFileOptions options_;
  Stamps stamps_;  // at the last try
  TlsContextPtr context_;
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_TLS_FILES_H_
