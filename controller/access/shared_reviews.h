// Reviews of one kind, each asked once however many wait for it.

#ifndef K8SM_CONTROLLER_ACCESS_SHARED_REVIEWS_H_
#define K8SM_CONTROLLER_ACCESS_SHARED_REVIEWS_H_

#include "controller/access/review_cache.h"
#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/kube/review.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace k8sm::controller {

// A client that waits for the result of a review. Both members must be valid until the call that takes it has
// returned. `left` must not block; it is called after each notification.
struct Asker {
  Notifier& wake;              // notified when the client has left
  std::function<bool()> left;  // whether it has, so that nobody waits for the result any more
};

// Asks the API server, keeps results for 10 s, and has one request in flight for each question. Failures are
// not kept. Questions are kept as a keyed hash only, so no token stays in memory or is compared byte by byte.
//
// Strangers can make up tokens and paths without end, and requests to the API server are limited and sent in
// turn. So of the questions that were not granted within the last 10 minutes, few are in flight at a time:
// those that were, such as the ones for a scraper, wait behind no more.
class SharedReviews {
 public:
  // Sends the body of a review and decodes the response.
  using Ask = std::function<Awaitable<Result<kube::ReviewStatus>>(std::string body)>;
  // The clock.
  using Now = std::function<ReviewCache::TimePoint()>;

  static constexpr std::chrono::seconds kTimeToLive{10};
  static constexpr std::size_t kMaxEntries = 512;
  // How long a question is familiar after it was granted, and how many others may be in flight.
  static constexpr std::chrono::minutes kFamiliarTime{10};
  static constexpr std::size_t kMaxUnfamiliar = 10;

  // `tasks` must outlive every Get().
  SharedReviews(asio::any_io_executor executor, TaskGroup& tasks, Ask ask,
                Now now = std::chrono::steady_clock::now);

  // Returns the result of the review with this body, or why there is none: kCanceled if the asker has left
  // before the response, kTooManyRequests at once if the question is not familiar and kMaxUnfamiliar others
  // are in flight. May be called concurrently.
  Awaitable<Result<kube::ReviewStatus>> Get(std::string body, Asker asker);

 private:
  // A request in progress.
  struct Pending {
    Pending(asio::any_io_executor executor, bool is_familiar)
        : familiar(is_familiar), done(std::move(executor)) {}
    const bool familiar;
    std::optional<Result<kube::ReviewStatus>> result;
    Notifier done;
  };

  Awaitable<void> Review(std::string key, std::shared_ptr<Pending> pending, std::string body);
  std::size_t UnfamiliarPending() const;
  std::string KeyOf(const std::string& body) const;

  const asio::any_io_executor executor_;
  TaskGroup& tasks_;
  const Ask ask_;
  const Now now_;
  const std::string secret_;  // of the hash
  ReviewCache cache_{kMaxEntries, kTimeToLive};
  ReviewCache familiar_{kMaxEntries, kFamiliarTime};  // the keys of what was granted, without results
  std::unordered_map<std::string, std::shared_ptr<Pending>> pending_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_ACCESS_SHARED_REVIEWS_H_
