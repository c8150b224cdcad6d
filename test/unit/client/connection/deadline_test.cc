#include "lib/client/connection/deadline.h"

#include "test/support/catch.h"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <memory>

namespace k8sm::client {
namespace {

using boost::system::error_code;

const error_code kAborted = asio::error::operation_aborted;

// A deadline and its socket. Past timers expire as soon as the context runs.
struct Fixture {
  Fixture() { socket.open(asio::ip::tcp::v4()); }

  void RunWhatIsDue() {
    context.restart();
    context.poll();
  }

  asio::io_context context;
  asio::ip::tcp::socket socket{context};
  std::unique_ptr<Deadline> deadline = std::make_unique<Deadline>(socket);
  const TimePoint past = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  const TimePoint future = past + std::chrono::hours(1);
};

TEST_CASE("a deadline that passes closes the socket, and the operation reports timed_out") {
  Fixture f;
  f.deadline->Begin(f.past);
  f.RunWhatIsDue();
  CHECK_FALSE(f.socket.is_open());
  CHECK(f.deadline->End(kAborted) == asio::error::timed_out);
}

TEST_CASE("an operation that ends just as its socket is closed reports timed_out, and so do later ones") {
  Fixture f;
  f.deadline->Begin(f.past);
  f.RunWhatIsDue();
  CHECK(f.deadline->End(error_code()) == asio::error::timed_out);
  CHECK(f.deadline->End(asio::error::bad_descriptor) == asio::error::timed_out);
}

TEST_CASE("an operation that ends in time keeps its result") {
  Fixture f;
  f.deadline->Begin(f.future);
  f.RunWhatIsDue();
  CHECK(f.socket.is_open());
  CHECK(f.deadline->End(kAborted) == kAborted);
  f.deadline->Begin(f.past);
  CHECK_FALSE(f.deadline->End(error_code()));
  f.RunWhatIsDue();
  CHECK(f.socket.is_open());
}

TEST_CASE("the deadline of a finished operation does not end the next one") {
  Fixture f;
  f.deadline->Begin(f.past);
  (void)f.deadline->End(error_code());
  f.deadline->Begin(f.future);
  f.RunWhatIsDue();
  CHECK(f.socket.is_open());
  (void)f.deadline->End(error_code());
  f.deadline->Begin(f.past);
  f.RunWhatIsDue();
  CHECK_FALSE(f.socket.is_open());
}

TEST_CASE("an operation that begins after the timer has found nothing to end is ended at its deadline") {
  Fixture f;
  f.deadline->Begin(f.past);
  (void)f.deadline->End(error_code());
  f.RunWhatIsDue();  // the timer finds nothing to end
  CHECK(f.socket.is_open());
  f.deadline->Begin(f.past + std::chrono::milliseconds(1));
  f.RunWhatIsDue();
  CHECK_FALSE(f.socket.is_open());
}

TEST_CASE("an operation without a deadline is never ended") {
  Fixture f;
  f.deadline->Begin(TimePoint::max());
  f.RunWhatIsDue();
  CHECK(f.socket.is_open());
}

TEST_CASE("a destroyed Deadline does not close the socket") {
  Fixture f;
  f.deadline->Begin(f.past);
  f.deadline.reset();
  f.RunWhatIsDue();
  CHECK(f.socket.is_open());
}

}  // namespace
}  // namespace k8sm::client
