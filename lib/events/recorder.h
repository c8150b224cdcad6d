// Tells the users of a cluster what happens to their objects.

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

// Writes events to the API server, one request at a time, as RecorderMachine has it. Events are told as far
// as that goes: whoever records one never waits and never learns what became of it. The log is told once a
// minute why they can't be written.
class Recorder {
 public:
  // The client's rate limit is the recorder's, so it should not be one that others wait for. It has to
  // outlive the recorder.
  Recorder(asio::any_io_executor executor, client::ApiClient& client);

  // Dropped where too many wait already. The message is kept on one line, and within what the API takes.
  void Record(kube::Event event);

  // Ends by cancellation, or after Finish(). Run it once.
  Awaitable<void> Run();

  // Takes no more events, and lets Run() end when those that it has are written or can't be.
  void Finish();

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
