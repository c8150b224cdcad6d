// Runs a coroutine from a test, which is not a coroutine itself.

#ifndef K8SM_TEST_UNIT_CLIENT_RUN_H_
#define K8SM_TEST_UNIT_CLIENT_RUN_H_

#include "lib/async/token.h"
#include "test/support/catch.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

namespace k8sm::client {

// Runs the io_context until the task has ended, and returns its result. Other coroutines on it run meanwhile
// and are left where they are.
template <class T>
T Run(asio::io_context& io, Awaitable<T> task) {
  std::optional<T> result;
  std::exception_ptr failure;
  asio::co_spawn(io, std::move(task), [&](std::exception_ptr exception, T value) {
    failure = exception;
    result.emplace(std::move(value));
  });
  io.restart();  // it stops when it has nothing left to do
  while (!result) io.run_one();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

// Runs the io_context until `reached` holds. The test fails when nothing happens any more, and after a
// minute.
inline void RunUntil(asio::io_context& io, const std::function<bool()>& reached) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  io.restart();
  while (!reached()) {
    if (io.run_one_for(std::chrono::seconds(30)) == 0) FAIL("nothing happens any more");
    REQUIRE(std::chrono::steady_clock::now() < end);
  }
}

}  // namespace k8sm::client

#endif  // K8SM_TEST_UNIT_CLIENT_RUN_H_
