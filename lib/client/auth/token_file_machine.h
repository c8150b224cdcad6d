// Decides when a token file is reread.

#ifndef K8SM_LIB_CLIENT_AUTH_TOKEN_FILE_MACHINE_H_
#define K8SM_LIB_CLIENT_AUTH_TOKEN_FILE_MACHINE_H_

#include "lib/base/error.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace k8sm::client {

// Follows cachingTokenSource of k8s.io/client-go/transport: a token is used for 50 s (a minute less a leeway
// of 10 s), so a replaced file takes effect within a minute; the last valid token is kept while the file
// cannot be read. A token that the server rejected is reread at once, unless it has been reread since. No
// I/O: before each request, if Due(), read the file and call OnRead().
class TokenFileMachine {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `token` is the file's content when the config was loaded.
  explicit TokenFileMachine(std::string token);

  // Whether to read the file now.
  bool Due(TimePoint now) const { return now >= due_; }

  // What to log after a read.
  enum class News { kNone, kReplaced, kUnreadable, kReadableAgain };
  // Takes the result of reading the file. Returns what to log.
  News OnRead(const Result<std::string>& token, TimePoint now);

  // The last token that was read successfully; a secret.
  const std::string& token() const { return token_; }
  // Number of reads; pass it to OnRefused().
  std::uint64_t version() const { return version_; }

  // Call it when the server rejected the token that was current at `version`.
  void OnRefused(std::uint64_t version);

 private:
  std::string token_;
  std::uint64_t version_ = 0;
  TimePoint due_ = TimePoint::min();
  bool unreadable_ = false;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_AUTH_TOKEN_FILE_MACHINE_H_
