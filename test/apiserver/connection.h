// What the sessions do with a connection's stream, whatever it is made of.

#ifndef K8SM_TEST_APISERVER_CONNECTION_H_
#define K8SM_TEST_APISERVER_CONNECTION_H_

#include "lib/async/notifier.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <chrono>
#include <memory>

namespace k8sm::apiserver {

// The session is written for any stream over a beast::tcp_stream; this names the one that is served.
using Stream = boost::beast::tcp_stream;

// How long a client may take to accept what is written to it.
inline constexpr std::chrono::seconds kWriteTimeout{30};

// Shared by a session and what looks out for the client's leaving.
struct Connection {
  explicit Connection(Stream connected) : stream(std::move(connected)), wake(stream.get_executor()) {}

  Stream stream;
  boost::beast::flat_buffer buffer;
  // Woken by events, and when the client leaves.
  Notifier wake;
  bool client_left = false;
};

using ConnectionPtr = std::shared_ptr<Connection>;

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_CONNECTION_H_
