// Who we are, for one request after the other.

#ifndef K8SM_LIB_CLIENT_CREDENTIALS_H_
#define K8SM_LIB_CLIENT_CREDENTIALS_H_

#include "lib/async/notifier.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/child_process.h"
#include "lib/client/client_options.h"
#include "lib/client/exec_machine.h"
#include "lib/client/rest_config.h"
#include "lib/client/tls_context.h"
#include "lib/client/tls_files.h"
#include "lib/client/token_file_machine.h"
#include "lib/client/transport.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::client {

// Keeps a config's credentials fresh: the token out of a file or from a plugin, and the certificates, whose
// change makes connections that were opened before useless. What is wrong with a file is a warning, and what
// it held before is used on. Over http there are no credentials, and nothing is read or run for them.
class Credentials {
 public:
  // kInvalidConfig where the config's certificates cannot be used.
  static Result<std::unique_ptr<Credentials>> Create(asio::any_io_executor executor, const RestConfig& config,
                                                     const ClientOptions& options);
  ~Credentials();

  // What a request shows.
  struct Shown {
    std::string authorization;  // the Authorization header; a secret, empty where there is none
    std::uint64_t version = 0;
  };

  // To be asked for each request, before its connection is chosen. Waits while a plugin runs. kUnavailable
  // where the plugin fails, kTimeout, kCanceled. This has to outlive the call.
  Awaitable<Result<Shown>> Get(TimePoint deadline);

  // What the server has answered to a request, by its HTTP status: a 401 makes the next Get() look for
  // something better than what was shown.
  void OnAnswer(const Shown& shown, int http_status);

  // What a 401 says of what is shown now: "it does not accept the token in FILE".
  std::string DescribeRefusal() const;

  // How to open a connection now: null over http.
  const std::shared_ptr<TlsContext>& tls() const { return tls_; }
  // Counts the changes of tls(): a connection that was opened before the last one is not to be used again.
  std::uint64_t generation() const { return generation_; }

 private:
  Credentials(asio::any_io_executor executor, const RestConfig& config, const ClientOptions& options);

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
  decltype(ClientOptions::on_exec_plugin_call) on_exec_plugin_call_;
  std::string basic_;  // the header

  TlsFiles tls_files_;
  std::shared_ptr<TlsContext> tls_;
  std::uint64_t generation_ = 0;

  TokenFileMachine token_file_;
  ExecMachine exec_;
  std::string exec_certificate_;         // and its key: what tls_ was made of
  std::unique_ptr<ChildProcess> child_;  // not null while the plugin runs
  // Whoever waits for it: one each, since each has a deadline of its own, and may be gone by then.
  std::vector<std::weak_ptr<Notifier>> waiting_;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CREDENTIALS_H_
