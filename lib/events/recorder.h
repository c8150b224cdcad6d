// Records Kubernetes events.

#ifndef K8SM_LIB_EVENTS_RECORDER_H_
#define K8SM_LIB_EVENTS_RECORDER_H_

#include "lib/async/notifier.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"
#include "lib/client/api_client.h"
#include "lib/events/recorder_machine.h"
#include "lib/kube/event.h"

#include <boost/asio/any_io_executor.hpp>

#include <random>
#include <string>

namespace k8sm::events {

// Writes events to the API server, one request at a time, in the order of RecorderMachine. Delivery is best
// effort: recording never blocks and reports no result. Logs failures once a minute. Drops events when its
// queue (RecorderMachine::kMaxQueued) is full.
class Recorder {
 public:
  // The client's rate limit applies to events, so use a client of its own. `client` must outlive the
  // recorder.
  Recorder(asio::any_io_executor executor, client::ApiClient& client);

  // Queues an event, or drops it if the queue is full. The message is made printable, put on one line and
  // truncated to the API's limit.
  void Record(kube::Event event);

  // Writes events until cancelled or, after Finish(), until the queue is empty. Call it once.
  Awaitable<void> Run();

  // Drops further events and makes Run() return when all queued events have been written, or as soon as one
  // of them cannot be written; then the others are dropped.
  void Finish();

  // Counters since the start, for metrics.
  const RecorderMachine::Stats& stats() const { return machine_.stats(); }

 private:
  Awaitable<Result<void>> Send(RecorderAction::Type type);
  void Tell(RecorderMachine::Outcome outcome, const Error& error, const std::string& event);

  client::ApiClient& client_;
  RecorderMachine machine_;
  Notifier wake_;
  std::minstd_rand random_;
  FailureLog failures_;
  LineBudget drops_;
};

}  // namespace k8sm::events

#endif  // K8SM_LIB_EVENTS_RECORDER_H_
