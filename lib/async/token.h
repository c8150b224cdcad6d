// How our coroutines wait.
//
// The program runs on one io_context and one thread, so nothing in it locks. Coroutines are awaitable<T>;
// every asynchronous operation of Asio is awaited with kToken.

#ifndef K8SM_LIB_ASYNC_TOKEN_H_
#define K8SM_LIB_ASYNC_TOKEN_H_

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace k8sm {

namespace asio = boost::asio;

template <class T>
using Awaitable = asio::awaitable<T>;

// Gives the operation's arguments as a tuple, the error_code first: `const auto [ec, n] = co_await
// f(kToken)`. Nothing is thrown for a failed operation. A coroutine that has been cancelled gets
// operation_aborted from the operation that it waits for; the next co_await after that throws, and TaskGroup
// ends the task cleanly.
inline constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

}  // namespace k8sm

#endif  // K8SM_LIB_ASYNC_TOKEN_H_
