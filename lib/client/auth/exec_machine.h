// Decides when a credential plugin runs and how requests proceed meanwhile.

#ifndef K8SM_LIB_CLIENT_AUTH_EXEC_MACHINE_H_
#define K8SM_LIB_CLIENT_AUTH_EXEC_MACHINE_H_

#include "lib/base/backoff.h"
#include "lib/base/error.h"
#include "lib/kube_json/exec_credential.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace k8sm::client {

// Follows k8s.io/client-go/plugin/pkg/client/auth/exec: a credential is used until it expires, or
// indefinitely, and is replaced for the next request if the server rejected it. In addition, a plugin that
// fails, or whose credentials are rejected repeatedly, runs again only after 1 s, doubled up to a minute;
// meanwhile requests fail at once or use the rejected credential. Does not run the plugin itself: call Next()
// before each request and perform its action.
class ExecMachine {
 public:
  ExecMachine();

  // Expiry uses the wall clock; backoff uses the steady clock, which does not jump.
  struct Now {
    std::chrono::steady_clock::time_point steady;
    std::chrono::system_clock::time_point wall;
  };

  // What a request must do before it can be sent.
  enum class Action {
    kUse,   // use credential()
    kRun,   // start the plugin, call OnStarted(), then wait as for kWait
    kWait,  // wait until the plugin has ended, then call Next() again
    kFail,  // fail the request with failure()
  };
  // Returns what the request must do. Does not change the state.
  Action Next(Now now) const;

  void OnStarted() { running_ = true; }
  // Report the result of the plugin.
  void OnCredential(kube_json::ExecCredential credential, Now now);
  void OnFailure(Error failure, Now now);

  // Report that the server accepted or rejected (401) the credential that was current at `version`.
  void OnAccepted(std::uint64_t version);
  void OnRefused(std::uint64_t version, Now now);

  // The current credential. REQUIRES: one has been obtained, as is the case after kUse.
  const kube_json::ExecCredential& credential() const { return *credential_; }
  // Number of credentials obtained; identifies the current one.
  std::uint64_t version() const { return version_; }
  // Failure of the last run. REQUIRES: it failed, as is the case after kFail.
  const Error& failure() const { return *failure_; }

 private:
  bool Expired(Now now) const;

  std::optional<kube_json::ExecCredential> credential_;
  std::chrono::steady_clock::time_point obtained_{};
  std::uint64_t version_ = 0;
  bool running_ = false;
  bool refused_ = false;  // whether the current credential was rejected
  std::optional<Error> failure_;
  std::chrono::steady_clock::time_point run_again_ = std::chrono::steady_clock::time_point::min();
  Backoff failures_;
  // Backoff while the plugin's credentials are rejected; the first rejection causes no delay.
  Backoff refusals_;
  bool refused_before_ = false;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_AUTH_EXEC_MACHINE_H_
