#include "controller/access/shared_reviews.h"

#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/support/task_failure.h"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using Strings = std::vector<std::string>;

constexpr std::size_t kMost = SharedReviews::kMaxUnfamiliar;

// Asks an API server that grants what begins with "good".
struct Fixture {
  Awaitable<Result<kube::ReviewStatus>> Answer(std::string body) {
    asked.push_back(body);
    while (stalled) co_await resume.Wait();
    co_return kube::ReviewStatus{.granted = body.starts_with("good"), .user = {}, .reason = {}};
  }
  static Awaitable<void> Get(Fixture& self, std::string body) {
    Asker asker{.wake = self.wake, .left = [] { return false; }};
    const auto result = co_await self.reviews.Get(std::move(body), std::move(asker));
    if (!result) self.outcomes.emplace_back(ToString(result.error().code));
    if (result) self.outcomes.emplace_back(result->granted ? "granted" : "denied");
  }

  // Starts a question, whose outcome is added to `outcomes`, and runs what is ready.
  void Start(const std::string& body) {
    clients.Spawn("get", Get(*this, body));
    context.restart();
    context.poll();
  }
  std::string Ask(const std::string& body) {
    Start(body);
    return outcomes.back();
  }
  // Starts as many questions that are not familiar as are allowed at a time.
  void Fill() {
    stalled = true;
    for (std::size_t i = 0; i < kMost; ++i) Start("bad " + std::to_string(i));
  }
  void Resume() {
    stalled = false;
    resume.Notify();
    context.restart();
    context.poll();
  }

  asio::io_context context;
  Notifier resume{context.get_executor()};
  Notifier wake{context.get_executor()};
  bool stalled = false;
  Strings asked;
  Strings outcomes;
  ReviewCache::TimePoint now{std::chrono::hours(1)};
  TaskGroup tasks{context.get_executor(), test::ThrowTaskFailure};
  TaskGroup clients{context.get_executor(), test::ThrowTaskFailure};
  SharedReviews reviews{context.get_executor(), tasks,
                        [this](std::string body) { return Answer(std::move(body)); }, [this] { return now; }};
};

TEST_CASE("a result is kept for ten seconds") {
  Fixture f;
  CHECK(f.Ask("good") == "granted");
  f.now += SharedReviews::kTimeToLive - std::chrono::milliseconds(1);
  CHECK(f.Ask("good") == "granted");
  CHECK(f.asked.size() == 1);
  f.now += std::chrono::milliseconds(1);
  CHECK(f.Ask("good") == "granted");
  CHECK(f.asked.size() == 2);
}

TEST_CASE("a question beyond the allowed number is refused at once, until one of the others is answered") {
  Fixture f;
  f.Fill();
  CHECK(f.outcomes.empty());
  CHECK(f.Ask("bad too") == "too many requests");
  CHECK(f.Ask("good") == "too many requests");
  CHECK(f.asked.size() == kMost);
  // Shares a review in progress.
  f.Start("bad 0");
  CHECK(f.outcomes.size() == 2);
  f.Resume();
  CHECK(f.outcomes.size() == 2 + kMost + 1);
  CHECK(f.Ask("bad too") == "denied");
}

TEST_CASE("a question that was granted lately is asked however many others are in flight") {
  Fixture f;
  CHECK(f.Ask("good") == "granted");
  f.now += SharedReviews::kTimeToLive;
  f.Fill();
  f.Start("good");
  CHECK(f.asked.size() == 1 + kMost + 1);
  CHECK(f.asked.back() == "good");
  // It does not take the place of another.
  CHECK(f.Ask("bad too") == "too many requests");
  f.Resume();
  CHECK(f.outcomes.size() == 2 + kMost + 1);
  CHECK(std::count(f.outcomes.begin(), f.outcomes.end(), "granted") == 2);
}

TEST_CASE("a question is no longer familiar ten minutes after it was granted last") {
  Fixture f;
  CHECK(f.Ask("good") == "granted");
  f.now += SharedReviews::kFamiliarTime - std::chrono::milliseconds(1);
  f.Fill();
  f.Start("good");
  CHECK(f.asked.back() == "good");
  f.Resume();
  f.now += SharedReviews::kFamiliarTime;
  f.Fill();
  CHECK(f.Ask("good") == "too many requests");
  f.Resume();
}

TEST_CASE("a question that was denied lately is not familiar") {
  Fixture f;
  CHECK(f.Ask("bad too") == "denied");
  f.now += SharedReviews::kTimeToLive;
  f.Fill();
  CHECK(f.Ask("bad too") == "too many requests");
  f.Resume();
}

}  // namespace
}  // namespace k8sm::controller
