// Where events go.

#ifndef K8SM_CONTROLLER_REPORT_EVENT_STREAM_H_
#define K8SM_CONTROLLER_REPORT_EVENT_STREAM_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/client/client_options.h"
#include "lib/client/rest_config.h"
#include "lib/events/event_sink.h"
#include "lib/events/recorder.h"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace k8sm::controller {

// A recorder with a client of its own, whose rate limit takes nothing from the writes of endpoints. Destroy
// it after End(), or when its io_context runs no more.
class EventStream {
 public:
  // Connects to nothing yet. Of `options` it makes at most 10 requests a second, 100 at once. kInvalidConfig
  // where the config's certificates can't be used.
  static Result<std::unique_ptr<EventStream>> Create(asio::any_io_executor executor,
                                                     client::RestConfig config, client::ClientOptions options,
                                                     TaskGroup::FailureHandler on_failure);

  // Lasts as long as this does.
  events::EventSink Sink();

  // From now on what was recorded is written.
  void Start();

  // What has been recorded is still told, if that takes no time to speak of.
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
