// Decides when an event is written, retried or dropped. A state machine without I/O, run by events::Recorder.

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

// The next action.
struct RecorderAction {
  enum class Type {
    kWait,   // call Next() again at `until`, or after Add() or Finish()
    kPost,   // create event(), then call OnAnswer()
    kPatch,  // update the stored event with the count of event(), then call OnAnswer()
    kEnd,    // final: nothing is left to write
  };
  Type type = Type::kWait;
  std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

// Writes events one at a time, in order. An event that the API server refuses, or that is moot, is dropped.
// If the server is unreachable or asks to wait, all events wait: an event is tried up to 12 times, 10 s
// apart. The first delay is random, so that clients do not retry at the same time. This follows client-go.
class RecorderMachine {
 public:
  static constexpr std::size_t kMaxQueued = 1000;
  static constexpr int kTries = 12;
  static constexpr std::chrono::milliseconds kPause{10'000};

  // What became of the event that was sent.
  enum class Outcome {
    kWritten,
    kTryAgain,
    kMoot,  // too late, and nobody's fault
    kRefused,
    kGivenUp,
  };

  struct Stats {
    std::uint64_t written = 0;
    std::uint64_t filtered = 0;  // filtered out by the correlator
    std::uint64_t retried = 0;   // attempts after an event's first one
    std::uint64_t moot = 0;      // too late: the namespace is gone, or this process may not write any more
    std::uint64_t refused = 0;   // refused by the API server for another reason
    std::uint64_t given_up = 0;  // dropped after kTries attempts, or at shutdown
    std::uint64_t dropped = 0;   // not queued because kMaxQueued events were, or after Finish()
  };

  // Queues the event. Returns false if it is dropped.
  bool Add(kube::Event event);

  // Returns the next action. REQUIRES: the outcome of the previous one has been passed in.
  RecorderAction Next(const Moment& now);

  // The event to send. REQUIRES: Next() returned kPost or kPatch.
  const kube::Event& event() const { return *current_; }

  // Takes the response to the action. `random` is uniformly distributed in [0, 1). kAlreadyExists counts as
  // written: an earlier attempt has stored the event.
  Outcome OnAnswer(const Result<void>& answer, const Moment& now, double random);

  // Queued events are still written, until one of them fails; then the others are dropped. Add() drops all
  // further events.
  void Finish();

  // Counters since the start.
  const Stats& stats() const { return stats_; }
  // Number of events waiting, without the one being sent.
  std::size_t queued() const { return queue_.size(); }

 private:
  void TakeNext(const Moment& now);
  Outcome TryAgain(const Error& error, const Moment& now, double random);
  Outcome Settle(Outcome outcome, std::uint64_t& counter);

  EventCorrelator correlator_;
  std::deque<kube::Event> queue_;
  std::optional<kube::Event> current_;
  bool patches_ = false;  // current_ has been stored before
  int tries_ = 0;         // attempts of current_
  std::chrono::steady_clock::time_point resume_{};
  bool finishing_ = false;
  Stats stats_;
};

}  // namespace k8sm::events

#endif  // K8SM_LIB_EVENTS_RECORDER_MACHINE_H_
