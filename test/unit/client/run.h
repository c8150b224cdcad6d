// Runs a coroutine from a test that is none.

#ifndef K8SM_TEST_UNIT_CLIENT_RUN_H_
#define K8SM_TEST_UNIT_CLIENT_RUN_H_

#include "lib/async/token.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace k8sm::client {

// What the task returns. Whatever else runs on the io_context gets on meanwhile, and stays where it is after.
template <class T>
T Run(asio::io_context& io, Awaitable<T> task) {
  std::optional<T> result;
  std::exception_ptr failure;
  asio::co_spawn(io, std::move(task), [&](std::exception_ptr exception, T value) {
    failure = exception;
    result.emplace(std::move(value));
  });
  io.restart();  // it stops where it has nothing left to do
  while (!result) io.run_one();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

}  // namespace k8sm::client

#endif  // K8SM_TEST_UNIT_CLIENT_RUN_H_
