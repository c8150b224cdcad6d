#include "lib/client/auth/token_file_machine.h"

#include <utility>

namespace k8sm::client {
namespace {

constexpr std::chrono::seconds kUsed{50};
// Delay before a file is read again that cannot be read, e.g. while it is being replaced.
constexpr std::chrono::seconds kRetry{1};

}  // namespace

TokenFileMachine::TokenFileMachine(std::string token) : token_(std::move(token)) {}

TokenFileMachine::News TokenFileMachine::OnRead(const Result<std::string>& token, TimePoint now) {
  ++version_;
  const bool was_unreadable = std::exchange(unreadable_, token.has_error());
  due_ = now + (unreadable_ ? kRetry : kUsed);
  if (unreadable_) return was_unreadable ? News::kNone : News::kUnreadable;
  const bool replaced = *token != token_;
  token_ = *token;
  if (was_unreadable) return News::kReadableAgain;
  return replaced ? News::kReplaced : News::kNone;
}

void TokenFileMachine::OnRefused(std::uint64_t version) {
  if (version == version_) due_ = TimePoint::min();
}

}  // namespace k8sm::client
