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

Awaitable<Result<kube::ReviewStatus>> SharedReviews::Get(std::string body) {
  const std::string key = KeyOf(body);
  if (const kube::ReviewStatus* known = cache_.Find(key, steady_clock::now())) co_return *known;
  const auto found = flights_.find(key);
  std::shared_ptr<Flight> flight = found == flights_.end() ? nullptr : found->second;
  if (!flight) {
    flight = std::make_shared<Flight>(executor_);
    flights_.emplace(key, flight);
    tasks_.Spawn("review", Fly(key, flight, std::move(body)));
  }
  while (!flight->result) co_await flight->landed.Wait();
  co_return *flight->result;
}

// A task of its own, since the client that caused it may disconnect while others wait.
Awaitable<void> SharedReviews::Fly(std::string key, std::shared_ptr<Flight> flight, std::string body) {
  Result<kube::ReviewStatus> result = co_await ask_(std::move(body));
  if (result) cache_.Put(key, *result, steady_clock::now());
  flight->result = std::move(result);
  flights_.erase(key);
  flight->landed.Notify();
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
