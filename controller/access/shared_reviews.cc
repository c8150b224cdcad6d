#include "controller/access/shared_reviews.h"

#include <glog/logging.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <chrono>
#include <cstddef>
#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kHashBytes = 32;

std::string RandomSecret() {
  std::string secret(kHashBytes, '\0');
  CHECK_EQ(RAND_bytes(reinterpret_cast<unsigned char*>(secret.data()), static_cast<int>(secret.size())), 1);
  return secret;
}

}  // namespace

SharedReviews::SharedReviews(asio::any_io_executor executor, TaskGroup& tasks, Ask ask)
    : executor_(std::move(executor)), tasks_(tasks), ask_(std::move(ask)), secret_(RandomSecret()) {}

// A client that has left must not wait: its place is needed for others, such as health probes.
Awaitable<Result<kube::ReviewStatus>> SharedReviews::Get(std::string body, Asker asker) {
  const std::string key = KeyOf(body);
  if (const kube::ReviewStatus* known = cache_.Find(key, steady_clock::now())) co_return *known;
  const auto found = pending_.find(key);
  std::shared_ptr<Pending> pending = found == pending_.end() ? nullptr : found->second;
  if (!pending) {
    pending = std::make_shared<Pending>(executor_);
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
  if (result) cache_.Put(key, *result, steady_clock::now());
  pending->result = std::move(result);
  pending_.erase(key);
  pending->done.Notify();
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
