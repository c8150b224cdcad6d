#include "lib/client/connection/resolve.h"

#include "lib/async/cancelled.h"
#include "lib/async/notifier.h"
#include "lib/client/connection/network_error.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>
#include <glog/logging.h>

#include <algorithm>
#include <utility>

namespace k8sm::client {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

// How long to wait for a lookup while the result of an earlier one is known.
constexpr std::chrono::seconds kPatience{1};

}  // namespace

struct HostResolver::Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), ended(executor) {}

  tcp::resolver resolver;
  bool running = false;
  int count = 0;                         // of lookups that have ended
  error_code error;                      // of the last one
  std::vector<tcp::endpoint> addresses;  // found by the last one that succeeded
  Notifier ended;
};

HostResolver::HostResolver(asio::any_io_executor executor, std::string host, std::uint16_t port)
    : host_(std::move(host)), port_(port), lookup_(std::make_shared<Lookup>(executor)) {}

HostResolver::~HostResolver() {
  // A lookup that waits for others never runs.
  lookup_->resolver.cancel();
}

void HostResolver::Start() const {
  lookup_->running = true;
  lookup_->resolver.async_resolve(
      host_, std::to_string(port_), tcp::resolver::numeric_service,
      [lookup = lookup_](error_code error, const tcp::resolver::results_type& results) {
        lookup->running = false;
        ++lookup->count;
        lookup->error = error;
        if (!error) lookup->addresses.assign(results.begin(), results.end());
        lookup->ended.Notify();
      });
}

Awaitable<Result<std::vector<tcp::endpoint>>> HostResolver::Resolve(steady_clock::time_point deadline) {
  error_code not_an_address;
  const auto address = asio::ip::make_address(host_, not_an_address);
  if (!not_an_address) co_return std::vector<tcp::endpoint>{{address, port_}};

  const std::string doing = "resolve " + host_;
  const std::shared_ptr<Lookup> lookup = lookup_;
  if (!lookup->running) Start();
  const int before = lookup->count;
  const bool is_known = !lookup->addresses.empty();
  const auto until = is_known ? std::min(deadline, steady_clock::now() + kPatience) : deadline;
  bool in_time = true;
  while (lookup->count == before && in_time) {
    in_time = co_await lookup->ended.WaitUntil(until);
    const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
    if (cancelled) co_return NetworkError(doing, asio::error::operation_aborted);
  }
  const bool has_ended = lookup->count != before;
  if (has_ended && !lookup->error) co_return lookup->addresses;
  const Error failure = NetworkError(doing, has_ended ? lookup->error : asio::error::timed_out);
  if (lookup->addresses.empty()) co_return failure;
  const auto more = outdated_.Take(steady_clock::now());
  if (more) LOG(WARNING) << "cannot " << failure.message << "; using the addresses found before" << *more;
  co_return lookup->addresses;
}

}  // namespace k8sm::client
