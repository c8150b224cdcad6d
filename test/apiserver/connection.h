// A connection to a client, over TCP or TLS.

#ifndef K8SM_TEST_APISERVER_CONNECTION_H_
#define K8SM_TEST_APISERVER_CONNECTION_H_

#include "lib/async/notifier.h"
#include "lib/async/token.h"
#include "test/apiserver/server_tls.h"
#include "test/apiserver/user.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace k8sm::apiserver {

// Shared by a session and what looks out for the client's leaving. One Read() and one Write() at a time.
class Connection {
 public:
  explicit Connection(asio::any_io_executor executor) : wake(std::move(executor)) {}
  virtual ~Connection() = default;

  // Before all else. False where it has failed; the connection is good for nothing then.
  virtual Awaitable<bool> Handshake() = 0;

  // Waits at most so long for the client's next bytes, which it appends to `input`. 0: none will come.
  virtual Awaitable<std::size_t> Read(std::chrono::seconds patience) = 0;

  // Whether all of it could be written, in half a minute.
  virtual Awaitable<bool> Write(std::string_view bytes) = 0;

  // Tells the client that nothing will follow.
  virtual Awaitable<void> Finish() = 0;

  virtual asio::ip::tcp::socket& socket() = 0;
  virtual void Close() = 0;

  // Whom the client's certificate names.
  virtual std::optional<User> user() = 0;

  boost::beast::flat_buffer input;
  // Woken by events, and when the client leaves.
  Notifier wake;
  bool client_left = false;
  // Whether somebody else Reads to notice that the client leaves.
  bool looked_out_for = false;
};

using ConnectionPtr = std::shared_ptr<Connection>;

// `tls` may be nullptr.
ConnectionPtr MakeConnection(asio::ip::tcp::socket socket, const TlsContextPtr& tls);

// Returns when the client has closed the connection.
Awaitable<void> WaitForLeaving(ConnectionPtr connection);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_CONNECTION_H_
