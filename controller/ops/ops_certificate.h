// The certificate that the ops server shows, as it is on disk.

#ifndef K8SM_CONTROLLER_OPS_OPS_CERTIFICATE_H_
#define K8SM_CONTROLLER_OPS_OPS_CERTIFICATE_H_

#include "lib/base/error.h"

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>

namespace boost::asio::ssl {
class context;
}

namespace k8sm::controller {

// A certificate chain and its key, in PEM files that others may replace at any time (cert-manager and the
// kubelet do).
class OpsCertificate {
 public:
  // kInvalidConfig, with the file's name, where one can't be read or used or the two don't belong together.
  static Result<std::unique_ptr<OpsCertificate>> Load(std::string cert_file, std::string key_file);

  // For the next connection: TLS 1.2 or later, with what the files hold now. Where they have changed and
  // can't be used, which they can't while they are being replaced, with what they held before; the log is
  // told once.
  std::shared_ptr<boost::asio::ssl::context> Context();

 private:
  // Tells whether a file is another or was written to; equal where it can't be looked at.
  using Stamp = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;

  OpsCertificate(std::string cert_file, std::string key_file);

  static Stamp StampOf(const std::string& file);
  Result<std::shared_ptr<boost::asio::ssl::context>> Read() const;

  const std::string cert_file_;
  const std::string key_file_;
  Stamp cert_stamp_;  // at the last try
  Stamp key_stamp_;
  std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_OPS_CERTIFICATE_H_
