#include "controller/access/shared_reviews.h"

#include <glog/logging.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <utility>

namespace k8sm::controller {
namespace {

constexpr std::size_t kHashBytes = 32;

std::string RandomSecret() {
  std::string secret(kHashBytes, '\0');
  CHECK_EQ(RAND_bytes(reinterpret_cast<unsigned char*>(secret.data()), static_cast<int>(secret.size())), 1);
  return secret;
}

}  // namespace

SharedReviews::SharedReviews(asio::any_io_executor executor, TaskGroup& tasks, Ask ask, Now now)
    : executor_(std::move(executor)),
      tasks_(tasks),
      ask_(std::move(ask)),
      now_(std::move(now)),
      secret_(RandomSecret()) {}

// A client that has left must not wait: its place is needed for others, such as health probes.
Awaitable<Result<kube::ReviewStatus>> SharedReviews::Get(std::string body, Asker asker) {
  const std::string key = KeyOf(body);
  const ReviewCache::TimePoint now = now_();
  if (const kube::ReviewStatus* known = cache_.Find(key, now)) co_return *known;
  const auto found = pending_.find(key);
  std::shared_ptr<Pending> pending = found == pending_.end() ? nullptr : found->second;
  if (!pending) {
    const bool familiar = familiar_.Find(key, now) != nullptr;
    if (!familiar && UnfamiliarPending() >= kMaxUnfamiliar) {
      co_return Error{.code = Errc::kTooManyRequests, .message = "other reviews are in progress"};
    }
    pending = std::make_shared<Pending>(executor_, familiar);
    pending_.emplace(key, pending);
    tasks_.Spawn("review", Review(key, pending, std::move(body)));
  }
  while (!pending->result && !asker.left()) co_await Notifier::WaitForEither(pending->done, asker.wake);
  if (pending->result) co_return *pending->result;
  co_return Error{.code = Errc::kCanceled, .message = "the client has left"};
}

// A task of its own, since the client that caused it may disconnect while others wait.
Awaitable<void> SharedReviews::Review(std::string key, std::shared_ptr<Pending> pending, std::string body) {
  Result<kube::ReviewStatus> result = co_await ask_(std::move(body));
  const ReviewCache::TimePoint now = now_();
  if (result) cache_.Put(key, *result, now);
  if (result && result->granted) familiar_.Put(key, {}, now);
  pending->result = std::move(result);
  pending_.erase(key);
  pending->done.Notify();
}

std::size_t SharedReviews::UnfamiliarPending() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(pending_, [](const auto& each) { return !each.second->familiar; }));
}

std::string SharedReviews::KeyOf(const std::string& body) const {
  std::string hash(kHashBytes, '\0');
  const unsigned char* done = HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
                                   reinterpret_cast<const unsigned char*>(body.data()), body.size(),
                                   reinterpret_cast<unsigned char*>(hash.data()), nullptr);
  CHECK(done != nullptr);
  return hash;
}

}  // namespace k8sm::controller
