#include "lib/mesos/agents_poll.h"

#include "lib/client/config/credential_file.h"
#include "lib/client/config/rest_config.h"
#include "lib/client/connection/dialer.h"
#include "lib/client/connection/http_connection.h"
#include "lib/client/connection/tls_context.h"
#include "lib/mesos/agents_decoder.h"
#include "lib/mesos/credentials.h"

#include <algorithm>
#include <utility>

namespace k8sm::mesos {
namespace {

using std::chrono::steady_clock;

Error Of(const std::string& what, Error error) {
  error.message = what + ": " + error.message;
  return error;
}

client::RestConfig ConfigFor(const MasterUrl& master, const std::string& ca_pem) {
  client::RestConfig config;
  config.scheme = master.secure ? "https" : "http";
  config.host = master.host;
  config.port = master.port;
  config.ca_pem = ca_pem;
  return config;
}

// Returns the Authorization header for the file's current content.
Result<std::string> ReadAuthorization(const std::string& path) {
  const auto text = client::ReadFile(path);
  if (!text) return text.error();
  const auto credentials = ParseCredentials(*text);
  if (credentials) return BasicAuthorization(*credentials);
  return Error{.code = Errc::kInvalidConfig, .message = path + ": " + credentials.error().message};
}

SendCredentials SendOf(const AgentsPollOptions& options) {
  if (options.credentials_file.empty()) return SendCredentials::kNever;
  return options.insecure_credentials ? SendCredentials::kAlways : SendCredentials::kOverHttps;
}

// Reads a response with status 200. Sets `lost` if the connection failed. All references must outlive the
// call.
Awaitable<Result<AgentList>> ReadAgents(client::HttpConnection& connection, AgentsPoll::TimePoint deadline,
                                        Error& lost) {
  AgentsDecoder decoder;
  for (;;) {
    const auto bytes = co_await connection.ReadSome(deadline);
    if (!bytes) {
      lost = bytes.error();
      co_return bytes.error();
    }
    if (bytes->empty()) co_return decoder.Finish();
    if (const auto pushed = decoder.Push(*bytes); !pushed) co_return pushed.error();
  }
}

double UnixSeconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

AgentsPoll::AgentsPoll(asio::any_io_executor executor, AgentsPollOptions options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      machine_(options_.masters, SendOf(options_)) {}

Result<std::unique_ptr<AgentsPoll>> AgentsPoll::Create(asio::any_io_executor executor,
                                                       AgentsPollOptions options) {
  if (options.masters.empty())
    return Error{.code = Errc::kInvalidConfig, .message = "no Mesos master is given"};
  std::unique_ptr<AgentsPoll> poll(new AgentsPoll(std::move(executor), std::move(options)));
  if (!poll->options_.credentials_file.empty()) {
    const auto authorization = ReadAuthorization(poll->options_.credentials_file);
    if (!authorization) return Of("the credentials for Mesos", authorization.error());
  }
  if (!poll->options_.ca_file.empty()) {
    auto pem = client::ReadFile(poll->options_.ca_file);
    if (!pem) return Of("the certificate authorities of Mesos", pem.error());
    poll->ca_pem_ = *std::move(pem);
    const MasterUrl any{.secure = true, .host = "localhost"};
    const auto tls = client::TlsContext::Create(ConfigFor(any, poll->ca_pem_));
    if (!tls) return Of(poll->options_.ca_file, tls.error());
  }
  return poll;
}

Result<std::string> AgentsPoll::RequestText(const PollMachine::Step& step) const {
  std::string text = "GET " + std::string(step.target) + " HTTP/1.1\r\nHost: " + ToString(step.master) +
                     "\r\nUser-Agent: " + client::DefaultUserAgent() +
                     "\r\nAccept: application/json\r\nAccept-Encoding: gzip\r\nConnection: close\r\n";
  if (step.with_credentials) {
    const auto authorization = ReadAuthorization(options_.credentials_file);
    if (!authorization) return authorization.error();
    text += "Authorization: " + *authorization + "\r\n";
  }
  return text + "\r\n";
}

AgentsPoll::TimePoint AgentsPoll::DeadlineOf(const PollMachine::Step& step, TimePoint deadline) const {
  if (step.kind != PollMachine::Step::Kind::kAskLeader) return deadline;
  const auto now = steady_clock::now();
  return now + (deadline - now) / (static_cast<int>(options_.masters.size()) + 1);
}

Awaitable<PollResult> AgentsPoll::Poll(TimePoint deadline) {
  PollMachine::Step step = machine_.Begin(steady_clock::now(), UnixSeconds());
  while (step.kind != PollMachine::Step::Kind::kDone) {
    const TimePoint step_deadline = DeadlineOf(step, deadline);
    step = co_await Perform(step, step_deadline);
  }
  co_return machine_.TakeResult();
}

Awaitable<PollMachine::Step> AgentsPoll::Perform(PollMachine::Step step, TimePoint deadline) {
  const client::RestConfig config = ConfigFor(step.master, ca_pem_);
  std::shared_ptr<client::TlsContext> tls;
  if (step.master.secure) {
    auto made = client::TlsContext::Create(config);
    if (!made) co_return machine_.OnError(made.error());
    tls = *std::move(made);
  }
  const auto request = RequestText(step);
  if (!request) co_return machine_.OnError(request.error());
  client::Dialer dialer(executor_, config);
  auto transport =
      co_await dialer.Dial(tls, std::min(deadline, steady_clock::now() + options_.connect_timeout));
  if (!transport) co_return machine_.OnError(transport.error());
  client::HttpConnection connection(std::move(*transport));
  deadline = std::min(deadline, steady_clock::now() + options_.answer_timeout);
  const auto head = co_await connection.Send(*request, deadline);
  if (!head) co_return machine_.OnError(head.error());
  if (step.kind == PollMachine::Step::Kind::kAskLeader || head->status != 200)
    co_return machine_.OnAnswer(head->status, head->location);
  Error lost;
  auto agents = co_await ReadAgents(connection, deadline, lost);
  if (!lost.message.empty()) co_return machine_.OnError(lost);
  co_return machine_.OnAgents(std::move(agents));
}

}  // namespace k8sm::mesos
