#include "test/mesos_master/mock_master.h"

#include <utility>

namespace k8sm::mock_master {

using http_server::Response;

Result<std::unique_ptr<MockMaster>> MockMaster::Listen(asio::any_io_executor executor, std::string address,
                                                       std::uint16_t port, MasterState state) {
  std::unique_ptr<MockMaster> master(new MockMaster(std::move(address), std::move(state)));
  http_server::ServerOptions options;
  options.address = master->address_;
  options.port = port;
  MockMaster* self = master.get();
  auto server =
      http_server::Server::Listen(std::move(executor), std::move(options),
                                  [self](http_server::Exchange& exchange) { return self->Serve(exchange); });
  if (!server) return server.error();
  master->server_ = *std::move(server);
  return master;
}

Awaitable<void> MockMaster::Serve(http_server::Exchange& exchange) {
  Response response = Answer(exchange.request().target);
  co_await exchange.Send(std::move(response));
}

Response MockMaster::Answer(const std::string& path) {
  if (path == "/master/slaves") ++polls_;
  if (state_.status != 0) return http_server::PlainError(state_.status);
  if (path == "/master/redirect") return Redirect(path);
  if (path != "/master/slaves") return http_server::PlainError(404);
  if (!state_.leads && state_.version == Version::k1_11) return http_server::PlainError(503);
  // Before 1.0, a master that does not lead answers with its own, empty list.
  const bool knows = state_.leads;
  std::string body =
      AgentsJson(state_.version, knows ? state_.agents : std::vector<MockAgent>(), state_.recovered);
  if (!state_.answer.empty()) body = state_.answer;
  return {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

Response MockMaster::Redirect(const std::string& path) const {
  if (!state_.leads && state_.version == Version::k1_11) return http_server::PlainError(503);
  std::string location = (state_.version == Version::k0_22 ? "http://" : "//") + address();
  if (!state_.leads) location = path;  // before 1.0, to itself
  return {.status = 307, .headers = {{"Location", std::move(location)}}, .body = {}};
}

}  // namespace k8sm::mock_master
