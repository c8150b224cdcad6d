// How a server ends after it is cancelled.

#include "lib/async/notifier.h"
#include "lib/async/token.h"
#include "lib/http_server/server.h"
#include "test/support/catch.h"
#include "test/unit/http_server/fixture.h"

#include <chrono>
#include <string>
#include <utility>

namespace k8sm::http_server {
namespace {

using std::chrono::milliseconds;

constexpr char kGet[] = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";

Awaitable<void> ReadToClose(Client& client) {
  const std::string rest = co_await client.ReadToClose();
  CHECK(rest.empty());
}

// A server that answers each request once `go_on` is notified.
struct SlowPage {
  explicit SlowPage(milliseconds drain_time)
      : fixture(Options(drain_time), [this](Exchange& exchange) { return Serve(exchange, *this); }) {}

  static ServerOptions Options(milliseconds drain_time) {
    ServerOptions options;
    options.limits.drain_time = drain_time;
    return options;
  }
  static Awaitable<void> Serve(Exchange& exchange, SlowPage& page) {
    co_await page.go_on.Wait();
    Response response{.headers = {}, .body = "done"};
    co_await exchange.Send(std::move(response));
  }

  Fixture fixture;
  Notifier go_on{fixture.context().get_executor()};
};

Awaitable<void> SendOnly(Client& client, std::string bytes) {
  co_await client.Send(bytes);
}

Awaitable<void> ReadAll(Client& client, std::string& all) {
  all = co_await client.ReadToClose();
}

TEST_CASE("a cancelled server answers the request under way and closes its port and idle connections") {
  SlowPage page(std::chrono::hours(1));
  const auto idle = page.fixture.Connect();
  const auto asking = page.fixture.Connect();
  page.fixture.Run(SendOnly(*asking, kGet));
  page.fixture.context().poll();
  page.fixture.Cancel();
  page.fixture.Run(ReadToClose(*idle));
  CHECK(page.fixture.running());
  asio::ip::tcp::socket late(page.fixture.context());
  boost::system::error_code error;
  late.connect({asio::ip::address_v4::loopback(), page.fixture.port()}, error);
  CHECK(error == asio::error::connection_refused);
  page.go_on.Notify();
  std::string answer;
  page.fixture.Run(ReadAll(*asking, answer));
  CHECK(HasLine(answer, "Connection: close"));
  CHECK(Body(answer) == "done");
}

TEST_CASE("a cancelled server cuts off requests that take longer than drain_time") {
  SlowPage page(milliseconds(1));
  const auto asking = page.fixture.Connect();
  page.fixture.Run(SendOnly(*asking, kGet));
  page.fixture.context().poll();
  page.fixture.Stop();
  page.fixture.Run(ReadToClose(*asking));
}

}  // namespace
}  // namespace k8sm::http_server
