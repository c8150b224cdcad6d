#include "controller/report/event_stream.h"

#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/support/task_failure.h"
#include "test/unit/events/events.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

namespace k8sm::controller {
namespace {

TEST_CASE("at its end a stream gives up what cannot be written and takes no more") {
  const test::LogCapture log;
  asio::io_context io;
  const auto stream =
      EventStream::Create(io.get_executor(), {.scheme = "http", .host = "127.0.0.1", .port = 1}, {},
                          test::ThrowTaskFailure)
          .value();
  stream->Start();
  for (const char* pod : {"a", "b"}) stream->Sink()(events::EventOf(pod, "no host port"));
  bool ended = false;
  asio::co_spawn(io, stream->End(), [&ended](std::exception_ptr) { ended = true; });
  while (!ended) io.run_one();
  CHECK(stream->stats().given_up == 2);
  stream->Sink()(events::EventOf("c", "no host port"));
  CHECK(stream->stats().dropped == 1);
}

}  // namespace
}  // namespace k8sm::controller
