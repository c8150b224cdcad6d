// Reads from a peer that sends without a pause.

#ifndef K8SM_TEST_UNIT_CLIENT_CONNECTION_READS_H_
#define K8SM_TEST_UNIT_CLIENT_CONNECTION_READS_H_

#include "lib/client/connection/transport.h"
#include "test/support/catch.h"
#include "test/unit/client/run.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <span>

namespace k8sm::client {

inline TimePoint InAMinute() {
  return std::chrono::steady_clock::now() + std::chrono::minutes(1);
}

inline Awaitable<void> TakeTurns(asio::io_context& io, const bool& done, int& turns) {
  for (; !done; ++turns) co_await asio::post(io, asio::use_awaitable);
}

inline Awaitable<void> ReadOften(Transport& transport, std::size_t size, int times, bool& done) {
  std::array<char, 4096> buffer;
  for (int i = 0; i < times; ++i) {
    const auto read = co_await transport.ReadSome(std::span(buffer).first(size), InAMinute());
    CHECK(read.has_value());
  }
  done = true;
}

// Reads `times` times at most `size` bytes, which are 4,096 at most. Returns how many turns another
// coroutine, which always wants one, has had meanwhile.
inline int TurnsWhileReading(asio::io_context& io, Transport& transport, std::size_t size, int times) {
  bool done = false;
  int turns = 0;
  asio::co_spawn(io, TakeTurns(io, done, turns), asio::detached);
  asio::co_spawn(io, ReadOften(transport, size, times, done), asio::detached);
  io.restart();
  while (!done) io.run_one();
  return turns;
}

// Reads with a deadline that has passed until a read fails, which has to be soon.
inline Awaitable<Error> ReadUntilFailure(Transport& transport) {
  const TimePoint passed = std::chrono::steady_clock::now();
  std::array<char, 100> buffer;
  for (int i = 0; i < 20; ++i) {
    const auto read = co_await transport.ReadSome(buffer, passed);
    if (!read) co_return read.error();
  }
  co_return Error{};
}

}  // namespace k8sm::client

#endif  // K8SM_TEST_UNIT_CLIENT_CONNECTION_READS_H_
