// How a hostile peer behaves on one connection.

#ifndef K8SM_TEST_INTEGRATION_HOSTILE_SCRIPT_H_
#define K8SM_TEST_INTEGRATION_HOSTILE_SCRIPT_H_

#include "lib/async/token.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace k8sm::test {

struct Script {
  std::string first;          // sent at once
  std::string repeated = {};  // then this, until `most` bytes have been sent
  std::size_t most = 0;
  bool stalls = false;  // then stays connected, reads, and sends nothing more; else it closes
};

// Scripts of a server: wrong answers, floods, and no answer.
const std::vector<Script>& ServerScripts();
// Scripts of a client of the ops port.
const std::vector<Script>& ClientScripts();

// Plays the script until its end, or until the peer ends the connection.
template <class Stream>
Awaitable<void> Play(Stream& stream, Script script) {
  const auto [refused, sent] = co_await asio::async_write(stream, asio::buffer(script.first), kToken);
  if (refused) co_return;
  for (std::size_t total = 0; total < script.most; total += script.repeated.size()) {
    const auto [error, more] = co_await asio::async_write(stream, asio::buffer(script.repeated), kToken);
    if (error) co_return;
  }
  std::string ignored(4096, ' ');
  while (script.stalls) {
    const auto [error, size] = co_await stream.async_read_some(asio::buffer(ignored), kToken);
    if (error) co_return;
  }
}

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_HOSTILE_SCRIPT_H_
