// Ends the calls of a connection that take too long.

#ifndef K8SM_LIB_CLIENT_CONNECTION_DEADLINE_H_
#define K8SM_LIB_CLIENT_CONNECTION_DEADLINE_H_

#include "lib/client/connection/transport.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <memory>

namespace k8sm::client {

// One for each connection. Its timer runs on from call to call and looks at the present deadline only when it
// expires: setting a timer for each read would cost more than the read.
class Deadline {
 public:
  // `socket` must outlive it.
  explicit Deadline(asio::ip::tcp::socket& socket);

  // Call before an operation. At `at` the socket is closed, unless End() is called before.
  void Begin(TimePoint at);

  // Call after an operation, with its result. Returns asio::error::timed_out if a deadline has closed the
  // socket; the result otherwise.
  boost::system::error_code End(const boost::system::error_code& error);

 private:
  struct State;

  static void Arm(const std::shared_ptr<State>& state, TimePoint until);

  std::shared_ptr<State> state_;  // so that a wait that is over can tell whether the connection still exists
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_DEADLINE_H_
