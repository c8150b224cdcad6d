// The completion token and coroutine type that the program uses.
//
// Everything runs on one io_context and one thread, so nothing locks. Coroutines are Awaitable<T>; every Asio
// operation is awaited with kToken.

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

// Yields the operation's results as a tuple, the error_code first: `const auto [ec, n] = co_await f(kToken)`.
// A failed operation does not throw. When a coroutine is cancelled, its pending operation completes with
// operation_aborted; the following co_await throws, and TaskGroup then ends the task without reporting a
// failure.
inline constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

}  // namespace k8sm

#endif  // K8SM_LIB_ASYNC_TOKEN_H_
