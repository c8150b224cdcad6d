// When an event is written, tried again and given up. Without I/O; events::Recorder performs it.

#ifndef K8SM_LIB_EVENTS_RECORDER_MACHINE_H_
#define K8SM_LIB_EVENTS_RECORDER_MACHINE_H_

#include "lib/base/error.h"
#include "lib/events/correlator.h"
#include "lib/kube/event.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace k8sm::events {

struct RecorderAction {
  enum class Type {
    kWait,   // call Next() again at `until`, or earlier when Add() or Finish() was called
    kPost,   // create event(), then OnAnswer()
    kPatch,  // tell of event() once more, then OnAnswer()
    kEnd,    // all is done
  };
  Type type = Type::kWait;
  std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

// One event at a time, in their order. What the API server refuses is dropped; where it can't be reached, or
// asks to wait, everything waits: twelve tries an event, ten seconds apart (the first time less, by chance,
// so that not all clients come at once), as client-go does it.
class RecorderMachine {
 public:
  static constexpr std::size_t kMaxQueued = 1000;
  static constexpr int kTries = 12;
  static constexpr std::chrono::milliseconds kPause{10'000};

  // What has become of the event that was sent.
  enum class Outcome {
    kWritten,
    kTryAgain,
    kRefused,
    kGivenUp,
  };

  struct Stats {
    std::uint64_t written = 0;
    std::uint64_t filtered = 0;  // by the correlator
    std::uint64_t retried = 0;   // tries after an event's first
    std::uint64_t refused = 0;   // by the API server
    std::uint64_t given_up = 0;  // after kTries, or at the end
    std::uint64_t dropped = 0;   // kMaxQueued were there already, or Finish() was called
  };

  // Queues the event; false where it is dropped.
  bool Add(kube::Event event);

  RecorderAction Next(const Moment& now);

  // REQUIRES: Next() asked to send it.
  const kube::Event& event() const { return *current_; }

  // The answer to what Next() asked for. `random` is uniform in [0, 1).
  Outcome OnAnswer(const Result<void>& answer, const Moment& now, double random);

  // What is queued is still written, but nothing waits any more; Add() drops.
  void Finish();

  const Stats& stats() const { return stats_; }
  std::size_t queued() const { return queue_.size(); }

 private:
  void TakeNext(const Moment& now);
  Outcome TryAgain(const Error& error, const Moment& now, double random);
  Outcome Settle(Outcome outcome, std::uint64_t& counter);

  EventCorrelator correlator_;
  std::deque<kube::Event> queue_;
  std::optional<kube::Event> current_;
  bool patches_ = false;  // current_ is stored already
  int tries_ = 0;         // of current_
  std::chrono::steady_clock::time_point resume_{};
  bool finishing_ = false;
  Stats stats_;
};

}  // namespace k8sm::events

#endif  // K8SM_LIB_EVENTS_RECORDER_MACHINE_H_
