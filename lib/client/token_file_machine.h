// When a token file is read anew.

#ifndef K8SM_LIB_CLIENT_TOKEN_FILE_MACHINE_H_
#define K8SM_LIB_CLIENT_TOKEN_FILE_MACHINE_H_

#include "lib/base/error.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace k8sm::client {

// The rules of k8s.io/client-go/transport's cachingTokenSource: a token is used for 50 s (a minute less a
// leeway of 10 s), so that a file that was replaced is used within a minute; the last good one is kept while
// the file can't be read; and one that the server has refused is read anew at once, unless that has happened
// since. Reads nothing itself: ask Due() before each request, read if so, and tell OnRead().
class TokenFileMachine {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `token` is what the file held some time ago.
  explicit TokenFileMachine(std::string token);

  bool Due(TimePoint now) const { return now >= due_; }

  // What to say in the log.
  enum class News { kNone, kReplaced, kUnreadable, kReadableAgain };
  News OnRead(const Result<std::string>& token, TimePoint now);

  const std::string& token() const { return token_; }
  // Counts the readings; see OnRefused().
  std::uint64_t version() const { return version_; }

  // The server has refused the token that was the current one at `version`.
  void OnRefused(std::uint64_t version);

 private:
  std::string token_;
  std::uint64_t version_ = 0;
  TimePoint due_ = TimePoint::min();
  bool unreadable_ = false;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_TOKEN_FILE_MACHINE_H_
