// The credentials of a client's requests.

#ifndef K8SM_LIB_CLIENT_AUTH_CREDENTIALS_H_
#define K8SM_LIB_CLIENT_AUTH_CREDENTIALS_H_

#include "lib/async/notifier.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/auth/child_process.h"
#include "lib/client/auth/exec_machine.h"
#include "lib/client/auth/tls_files.h"
#include "lib/client/auth/token_file_machine.h"
#include "lib/client/config/rest_config.h"
#include "lib/client/connection/tls_context.h"
#include "lib/client/connection/transport.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::client {

// Called after each run of a credential plugin, with its exit code (or a substitute) and the call_status
// label of rest_client_exec_plugin_call_total. May be empty.
using ExecCallHook = std::function<void(int code, std::string_view call_status)>;

// Keeps credentials up to date: the token from a file or plugin, and the certificates from files. If a
// certificate changes, existing connections must not be reused. A problem with a file is logged as a warning
// and its previous content stays in use. Over http no credentials are used, read or requested.
class Credentials {
 public:
  // Fails with kInvalidConfig if the certificates of `config` cannot be used.
  static Result<std::unique_ptr<Credentials>> Create(asio::any_io_executor executor, const RestConfig& config,
                                                     ExecCallHook on_exec_call);
  ~Credentials();

  // The credentials sent with a request.
  struct Shown {
    std::string authorization;  // value of the Authorization header; a secret; empty: no header
    std::uint64_t version = 0;
  };

  // Returns the current credentials. Call it for each request, before its connection is chosen. Waits while a
  // plugin runs. Errors: kUnavailable if the plugin fails, kTimeout, kCanceled. This object must outlive the
  // call.
  Awaitable<Result<Shown>> Get(TimePoint deadline);

  // Reports the HTTP status of the response to a request. After a 401 the next Get() tries to obtain newer
  // credentials than `shown`.
  void OnAnswer(const Shown& shown, int http_status);

  // Explains a 401 for the current credentials: "it does not accept the token in FILE".
  std::string DescribeRefusal() const;

  // TLS context for new connections; null over http.
  const std::shared_ptr<TlsContext>& tls() const { return tls_; }
  // Number of changes of tls(). A connection opened at an earlier generation must not be reused.
  std::uint64_t generation() const { return generation_; }

 private:
  Credentials(asio::any_io_executor executor, const RestConfig& config, ExecCallHook on_exec_call);

  void RefreshTls(TimePoint now);
  void UseTls(const TlsMaterial& material);
  void RefreshToken(TimePoint now);
  Awaitable<Result<void>> WaitForPlugin(TimePoint deadline);
  void StartPlugin();
  void OnPluginEnd(const ChildResult& result);
  void UsePluginCertificate();
  Shown ShowNow() const;

  asio::any_io_executor executor_;
  const RestConfig config_;
  ExecCallHook on_exec_plugin_call_;
  std::string basic_;  // header for basic authentication

  TlsFiles tls_files_;
  std::shared_ptr<TlsContext> tls_;
  std::uint64_t generation_ = 0;

  TokenFileMachine token_file_;
  ExecMachine exec_;
  std::string exec_certificate_;         // certificate and key from the plugin with which tls_ was created
  std::unique_ptr<ChildProcess> child_;  // set while the plugin runs
  // Coroutines waiting for the plugin, one notifier each, as each has its own deadline and may be gone by
  // then.
  std::vector<std::weak_ptr<Notifier>> waiting_;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_AUTH_CREDENTIALS_H_
