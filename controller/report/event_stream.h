// Records Kubernetes events through a client of its own.

#ifndef K8SM_CONTROLLER_REPORT_EVENT_STREAM_H_
#define K8SM_CONTROLLER_REPORT_EVENT_STREAM_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/client/client_options.h"
#include "lib/client/config/rest_config.h"
#include "lib/events/event_sink.h"
#include "lib/events/recorder.h"
#include "lib/events/recorder_machine.h"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace k8sm::controller {

// An event recorder with its own API client, so that events do not use up the rate limit for endpoint writes.
// Events beyond the recorder's queue limit are dropped (see events::Recorder). Destroy it after End() has
// returned, or after its io_context has stopped.
class EventStream {
 public:
  // Does not connect yet. Caps the rate limit in `options` at 10 requests a second with a burst of 100.
  // `on_failure` is called if the recorder's task fails. Errors: kInvalidConfig if the certificates in
  // `config` cannot be used.
  static Result<std::unique_ptr<EventStream>> Create(asio::any_io_executor executor,
                                                     client::RestConfig config, client::ClientOptions options,
                                                     TaskGroup::FailureHandler on_failure);

  // Returns a sink that queues events without blocking. It must not be used after this object is destroyed.
  events::EventSink Sink();

  // Counters since the start, for metrics.
  const events::RecorderMachine::Stats& stats() const { return recorder_.stats(); }

  // Starts to send events, including those recorded before. Call once.
  void Start();

  // Sends the remaining events for up to 500 ms, then cancels the rest.
  Awaitable<void> End();

 private:
  EventStream(asio::any_io_executor executor, std::unique_ptr<client::ApiClient> client,
              TaskGroup::FailureHandler on_failure);

  const std::unique_ptr<client::ApiClient> client_;
  events::Recorder recorder_;
  TaskGroup tasks_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_EVENT_STREAM_H_
