#include "lib/client/connection/dialer.h"

#include "lib/base/host_port.h"
#include "lib/client/connection/connect.h"
#include "lib/client/connection/network_error.h"
#include "lib/client/connection/proxy_tunnel.h"
#include "lib/client/connection/resolve.h"
#include "lib/client/connection/socket_transport.h"
#include "lib/client/connection/tls_context.h"
#include "lib/client/connection/tls_transport.h"

#include <boost/asio/ip/tcp.hpp>
#include <glog/logging.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace k8sm::client {
namespace {

using asio::ip::tcp;

// Keepalive and TCP_USER_TIMEOUT detect a dead peer within 30 s while data is unacknowledged and within a
// minute while only receiving. SO_LINGER discards unsent data when a connection is abandoned, so that a
// request does not arrive after the caller gave up. A failure to set an option is ignored; only its effect is
// lost.
void SetOptions(tcp::socket& socket) {
  const auto set = [fd = socket.native_handle()](int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
  // Not set through Asio's option, which Asio resets before it destroys a socket.
  const linger discard{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_LINGER, &discard, sizeof discard);
}

// Registers the socket with the event loop anew. Asio listens for writability since it has connected the
// socket, and each acknowledgement would wake it up.
Result<tcp::socket> RegisterAnew(Connected connected) {
  boost::system::error_code error;
  tcp::socket socket(connected.socket.get_executor());
  const int descriptor = connected.socket.release(error);
  if (!error) socket.assign(connected.address.protocol(), descriptor, error);
  if (!error) return socket;
  ::close(descriptor);
  return NetworkError("connect to " + Describe(connected.address), error);
}

}  // namespace

Dialer::Dialer(asio::any_io_executor executor, const RestConfig& config)
    : executor_(std::move(executor)),
      host_(config.host),
      port_(config.port),
      proxy_(config.proxy),
      user_agent_(config.user_agent),
      resolver_(executor_, proxy_ ? proxy_->host : host_, proxy_ ? proxy_->port : port_) {}

Error Dialer::OnTheWay(Error error) const {
  if (proxy_) error.message = "the proxy " + proxy_->Url() + ": " + error.message;
  return error;
}

void Dialer::NoteAddress(const Connected& connected) {
  order_.OnConnected(connected.address);
  if (connected.passed_over.empty()) return;
  const auto more = passed_over_.Take(std::chrono::steady_clock::now());
  if (more) LOG(INFO) << connected.passed_over << "; using " << Describe(connected.address) << *more;
}

Awaitable<Result<std::unique_ptr<Transport>>> Dialer::Dial(std::shared_ptr<TlsContext> tls,
                                                           TimePoint deadline) {
  auto addresses = co_await resolver_.Resolve(deadline);
  if (!addresses) co_return OnTheWay(addresses.error());
  order_.Sort(*addresses);
  auto connected = co_await ConnectToAny(executor_, std::move(*addresses), deadline);
  if (!connected) co_return OnTheWay(connected.error());
  NoteAddress(*connected);
  SetOptions(connected->socket);
  const std::string address = Describe(connected->address);
  std::string peer = address;
  auto registered = RegisterAnew(std::move(*connected));
  if (!registered) co_return OnTheWay(registered.error());
  tcp::socket& socket = *registered;
  if (!tls) co_return std::make_unique<SocketTransport>(std::move(socket), std::move(peer));
  if (proxy_) {
    const auto open = co_await OpenTunnel(socket, *proxy_, HostPort(host_, port_), user_agent_, deadline);
    if (!open) co_return open.error();
    peer = HostPort(host_, port_) + " through the proxy " + proxy_->Url();
  }
  auto secure = std::make_unique<TlsTransport>(std::move(socket), std::move(peer), std::move(tls));
  const auto shaken = co_await secure->Handshake(deadline);
  if (!shaken) {
    if (shaken.error().code != Errc::kCanceled) order_.OnFailed(address);
    co_return shaken.error();
  }
  co_return std::move(secure);
}

}  // namespace k8sm::client
