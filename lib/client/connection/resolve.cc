#include "lib/client/connection/resolve.h"

#include "lib/async/cancelled.h"
#include "lib/async/notifier.h"
#include "lib/client/connection/network_error.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace k8sm::client {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

// Shared by the resolver's handler and the waiting coroutine, which may end first.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), ended(executor) {}

  tcp::resolver resolver;
  Notifier ended;
  std::optional<error_code> result;
  std::vector<tcp::endpoint> addresses;
};

void Start(const std::shared_ptr<Lookup>& lookup, const std::string& host, std::uint16_t port) {
  lookup->resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
                                 [lookup](error_code error, const tcp::resolver::results_type& results) {
                                   lookup->result = error;
                                   for (const auto& entry : results)
                                     lookup->addresses.push_back(entry.endpoint());
                                   lookup->ended.Notify();
                                 });
}

}  // namespace

Awaitable<Result<std::vector<tcp::endpoint>>> Resolve(asio::any_io_executor executor, std::string host,
                                                      std::uint16_t port,
                                                      std::chrono::steady_clock::time_point deadline) {
  error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return std::vector<tcp::endpoint>{{address, port}};

  const std::string doing = "resolve " + host;
  const auto lookup = std::make_shared<Lookup>(executor);
  Start(lookup, host, port);
  const bool woken = co_await lookup->ended.WaitUntil(deadline);
  // A lookup that has not started yet is cancelled and never runs.
  if (!lookup->result) lookup->resolver.cancel();
  // The result may arrive together with the cancellation or the deadline; it is then ignored.
  const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
  if (cancelled || (woken && !lookup->result)) co_return NetworkError(doing, asio::error::operation_aborted);
  if (!woken || std::chrono::steady_clock::now() >= deadline)
    co_return NetworkError(doing, asio::error::timed_out);
  if (*lookup->result) co_return NetworkError(doing, *lookup->result);
  co_return std::move(lookup->addresses);
}

}  // namespace k8sm::client
