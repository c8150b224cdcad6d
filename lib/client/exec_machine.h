// When a credential plugin runs, and what requests do meanwhile.

#ifndef K8SM_LIB_CLIENT_EXEC_MACHINE_H_
#define K8SM_LIB_CLIENT_EXEC_MACHINE_H_

#include "lib/base/backoff.h"
#include "lib/base/error.h"
#include "lib/kube_json/exec_credential.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace k8sm::client {

// The rules of k8s.io/client-go/plugin/pkg/client/auth/exec: a credential is used until it expires, or for
// good, and one that the server has refused is replaced for the next request. Beyond them, a plugin that
// fails, or whose credentials are refused one after the other, runs again after 1 s, doubling to a minute,
// and requests fail at once meanwhile, or show what was refused. Runs nothing itself: ask Next() before each
// request.
class ExecMachine {
 public:
  ExecMachine();

  // Expiry is a time of the day, backoff must not jump with it.
  struct Now {
    std::chrono::steady_clock::time_point steady;
    std::chrono::system_clock::time_point wall;
  };

  enum class Action {
    kUse,   // credential() as it is
    kRun,   // start the plugin, tell OnStarted(), and wait
    kWait,  // until it has ended, and ask again
    kFail,  // with failure()
  };
  Action Next(Now now) const;

  void OnStarted() { running_ = true; }
  // The plugin has ended.
  void OnCredential(kube_json::ExecCredential credential, Now now);
  void OnFailure(Error failure, Now now);

  // The server has taken or refused (401) what was the current credential at `version`.
  void OnAccepted(std::uint64_t version);
  void OnRefused(std::uint64_t version, Now now);

  // REQUIRES: there has been one; as it is after kUse.
  const kube_json::ExecCredential& credential() const { return *credential_; }
  std::uint64_t version() const { return version_; }
  // Of the last run; as it is after kFail.
  const Error& failure() const { return *failure_; }

 private:
  bool Expired(Now now) const;

  std::optional<kube_json::ExecCredential> credential_;
  std::chrono::steady_clock::time_point obtained_{};
  std::uint64_t version_ = 0;
  bool running_ = false;
  bool refused_ = false;  // the current credential
  std::optional<Error> failure_;
  std::chrono::steady_clock::time_point run_again_ = std::chrono::steady_clock::time_point::min();
  Backoff failures_;
  // Of a plugin whose credentials are no good; the first refusal waits for nothing.
  Backoff refusals_;
  bool refused_before_ = false;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_EXEC_MACHINE_H_
