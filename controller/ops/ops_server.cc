#include "controller/ops/ops_server.h"

#include "controller/ops/ops_certificate.h"
#include "controller/ops/ops_stream.h"
#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "lib/base/host_port.h"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/error_code.hpp>
#include <glog/logging.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <list>
#include <numeric>
#include <string_view>
#include <utility>

namespace k8sm::controller {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

// How long accepting rests where the system lacks what a connection needs.
constexpr std::chrono::milliseconds kAcceptPause{100};

Awaitable<bool> IsCancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() != asio::cancellation_type::none;
}

void LogBug(std::string_view task, std::string_view what) {
  LOG(ERROR) << "the task \"" << task << "\" has failed: " << what;
}

Result<tcp::acceptor> OpenAcceptor(const asio::any_io_executor& executor, const OpsServerOptions& options) {
  const std::string& address = options.address;
  const auto fail = [&](const error_code& error) {
    return Error{.code = Errc::kInvalidConfig,
                 .message = "cannot listen on " + HostPort(address, options.port) +
                            " (-address, -port): " + error.message()};
  };
  error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error) return fail(error);
  const tcp::endpoint endpoint(ip, options.port);
  tcp::acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), error);
  // A restart does not wait for the connections of the run before to be forgotten.
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return fail(error);
  return acceptor;
}

}  // namespace

class OpsServer::Impl {
 public:
  Impl(asio::any_io_executor executor, tcp::acceptor acceptor, std::unique_ptr<OpsCertificate> certificate,
       const OpsServerOptions& options, const OpsRouter& router);

  std::uint16_t port() const { return port_; }
  Awaitable<void> Run();

 private:
  using Clock = std::chrono::steady_clock;
  struct Place {
    std::unique_ptr<OpsSession> session;
    Clock::time_point kept_until;
  };
  using Places = std::list<Place>;

  Awaitable<void> Accept();
  Awaitable<void> MakeRoom();
  Awaitable<void> MakeRoomForAnswer();
  std::size_t Unsent() const;
  void Admit(tcp::socket socket);
  Awaitable<void> Serve(Places::iterator place);

  const OpsServerOptions options_;
  const asio::any_io_executor executor_;
  const OpsRouter& router_;
  const std::unique_ptr<OpsCertificate> certificate_;  // null: plain HTTP
  const std::uint16_t port_;
  tcp::acceptor acceptor_;
  bool accepting_ = true;  // false: it did not work at the last try
  Places places_;          // the one that was served longest ago comes first
  Notifier session_ended_;
  Notifier place_freed_;  // the same, for who waits with a deadline
  TaskGroup tasks_;
};

OpsServer::Impl::Impl(asio::any_io_executor executor, tcp::acceptor acceptor,
                      std::unique_ptr<OpsCertificate> certificate, const OpsServerOptions& options,
                      const OpsRouter& router)
    : options_(options),
      executor_(executor),
      router_(router),
      certificate_(std::move(certificate)),
      port_(acceptor.local_endpoint().port()),
      acceptor_(std::move(acceptor)),
      session_ended_(executor),
      place_freed_(executor),
      tasks_(executor, LogBug) {}

Awaitable<void> OpsServer::Impl::Run() {
  // A cancellation ends the loop, not the coroutine: there are connections to be closed.
  co_await asio::this_coro::throw_if_cancelled(false);
  for (;;) {
    const bool cancelled = co_await IsCancelled();
    if (cancelled) break;
    co_await Accept();
  }
  error_code ignored;
  acceptor_.close(ignored);
  for (const Place& place : places_) place.session->Close();
  co_await tasks_.Join();
}

Awaitable<void> OpsServer::Impl::Accept() {
  auto [error, socket] = co_await acceptor_.async_accept(kToken);
  if (error == asio::error::operation_aborted) co_return;
  if (error) {
    if (std::exchange(accepting_, false)) LOG(WARNING) << "cannot accept a connection: " << error.message();
    co_await SleepFor(kAcceptPause);
    co_return;
  }
  accepting_ = true;
  co_await MakeRoom();
  Admit(std::move(socket));
}

Awaitable<void> OpsServer::Impl::MakeRoom() {
  while (places_.size() >= options_.connections) {
    const bool cancelled = co_await IsCancelled();
    if (cancelled) co_return;
    const auto place = std::ranges::find_if(
        places_, [now = Clock::now()](const Place& each) { return each.kept_until <= now; });
    if (place == places_.end()) {
      co_await place_freed_.WaitUntil(std::ranges::min_element(places_, {}, &Place::kept_until)->kept_until);
      continue;
    }
    VLOG(2) << options_.connections << " ops connections, and one more: closing the one served longest ago";
    place->session->Close();
    co_await place_freed_.Wait();
  }
}

Awaitable<void> OpsServer::Impl::MakeRoomForAnswer() {
  while (Unsent() > options_.max_unsent) {
    VLOG(2) << "ops clients do not read what they asked for: closing the one served longest ago";
    const auto is_sending = [](const Place& place) { return place.session->unsent() > 0; };
    std::ranges::find_if(places_, is_sending)->session->Close();
    co_await session_ended_.Wait();
  }
}

std::size_t OpsServer::Impl::Unsent() const {
  return std::accumulate(places_.begin(), places_.end(), std::size_t{0},
                         [](std::size_t sum, const Place& place) { return sum + place.session->unsent(); });
}

void OpsServer::Impl::Admit(tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  auto stream = MakeOpsStream(std::move(socket), certificate_ ? certificate_->Context() : nullptr);
  const auto place = places_.emplace(places_.end());
  place->kept_until = Clock::now() + options_.grace;
  const OpsSessionHooks hooks{
      .make_room = [this] { return MakeRoomForAnswer(); },
      .on_answered = [this, place] { places_.splice(places_.end(), places_, place); }};
  place->session =
      std::make_unique<OpsSession>(executor_, std::move(stream), router_, options_.limits, hooks);
  tasks_.Spawn("ops connection", Serve(place));
}

// The session stays where it is until it has ended. What throws in it is a bug, but no reason to keep its
// place.
Awaitable<void> OpsServer::Impl::Serve(Places::iterator place) {
  try {
    co_await place->session->Run();
  } catch (const std::exception& exception) {
    LogBug("ops connection", exception.what());
  }
  places_.erase(place);
  session_ended_.Notify();
  place_freed_.Notify();
}

Result<std::unique_ptr<OpsServer>> OpsServer::Listen(asio::any_io_executor executor,
                                                     const OpsServerOptions& options,
                                                     const OpsRouter& router) {
  std::unique_ptr<OpsCertificate> certificate;
  if (!options.tls_cert_file.empty()) {
    auto loaded = OpsCertificate::Load(options.tls_cert_file, options.tls_private_key_file);
    if (!loaded) return loaded.error();
    certificate = *std::move(loaded);
  }
  auto acceptor = OpenAcceptor(executor, options);
  if (!acceptor) return acceptor.error();
  auto impl = std::make_unique<Impl>(std::move(executor), *std::move(acceptor), std::move(certificate),
                                     options, router);
  return std::unique_ptr<OpsServer>(new OpsServer(std::move(impl)));
}

OpsServer::OpsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

OpsServer::~OpsServer() = default;

std::uint16_t OpsServer::port() const {
  return impl_->port();
}

Awaitable<void> OpsServer::Run() {
  return impl_->Run();
}

}  // namespace k8sm::controller
