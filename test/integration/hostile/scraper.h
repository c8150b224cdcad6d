// Clients of the ops port over TLS: hostile ones, and an honest one.

#ifndef K8SM_TEST_INTEGRATION_HOSTILE_SCRAPER_H_
#define K8SM_TEST_INTEGRATION_HOSTILE_SCRAPER_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "test/integration/hostile/script.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <string>

namespace k8sm::test {

// Destroy it when empty().
class Scraper {
 public:
  Scraper(asio::any_io_executor executor, std::uint16_t port);

  std::uint16_t port() const { return port_.port(); }

  // Plays the script on a new connection, inside TLS or instead of it.
  void Attack(Script script, bool inside_tls);
  // Closes all current connections.
  void Drop() { tasks_.Cancel(); }
  bool empty() const { return tasks_.empty(); }

  // Gets a page. Returns its status and body, "200\n...", or "" if there is no response.
  Awaitable<std::string> Get(std::string path, std::string token);

 private:
  Awaitable<void> AttackPlain(Script script);
  Awaitable<void> AttackTls(Script script);

  const asio::any_io_executor executor_;
  const asio::ip::tcp::endpoint port_;
  asio::ssl::context tls_;
  TaskGroup tasks_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_HOSTILE_SCRAPER_H_
