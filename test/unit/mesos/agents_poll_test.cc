#include "lib/mesos/agents_poll.h"

#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/temp_directory.h"
#include "test/unit/client/message/gzip.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::mesos {
namespace {

using client::AnswerWith;
using client::JsonAnswer;
using client::ScriptServer;

const std::string kAgents =
    R"({"slaves":[{"id":"S0","hostname":"n0","unreserved_resources":{"ports":"[31000-31001]"}}],"recovered_slaves":[]})";

struct Fixture {
  // The n-th connection gets the n-th answer; none if this is empty.
  explicit Fixture(const std::vector<std::string>& answers) : server(io, ScriptOf(answers)) {}

  static ScriptServer::Script ScriptOf(const std::vector<std::string>& answers) {
    ScriptServer::Script script;
    for (const std::string& answer : answers) script.push_back({{answer, !answer.empty()}});
    return script;
  }

  MasterUrl master() const { return {.secure = secure, .host = "127.0.0.1", .port = server.config().port}; }

  PollResult Poll(AgentsPollOptions options = {}) {
    options.masters = {master()};
    return Poll(std::move(options), AgentsPoll::TimePoint::max());
  }
  PollResult Poll(AgentsPollOptions options, AgentsPoll::TimePoint deadline) {
    auto poll = AgentsPoll::Create(io.get_executor(), std::move(options));
    REQUIRE(poll.has_value());
    return client::Run(io, (*poll)->Poll(deadline));
  }

  asio::io_context io;
  ScriptServer server;
  bool secure = false;  // whether the poll uses https, which the server does not speak
};

// A 307 that names the master itself as the leader.
const std::string kRedirect = AnswerWith("307 Temporary Redirect", "Location: /master/redirect\r\n", "");

TEST_CASE("a poll finds the leader and reads its agents", "[mesos]") {
  Fixture f({kRedirect, JsonAnswer(kAgents)});
  const PollResult result = f.Poll();
  CHECK(result.outcome == PollOutcome::kOk);
  REQUIRE(result.agents.agents.size() == 1);
  CHECK(result.agents.agents[0].name.get() == "n0");
  REQUIRE(f.server.requests().size() == 2);
  CHECK(f.server.requests()[0].starts_with("GET /master/redirect HTTP/1.1\r\nHost: 127.0.0.1:"));
  CHECK(f.server.requests()[1].starts_with("GET /master/slaves HTTP/1.1\r\n"));
  CHECK(f.server.requests()[1].find("Authorization") == std::string::npos);
}

TEST_CASE("an answer that is compressed with gzip is decoded", "[mesos]") {
  Fixture f({kRedirect, AnswerWith("200 OK", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
                                   client::Gzip(kAgents))});
  CHECK(f.Poll().agents.agents.size() == 1);
  CHECK(f.server.requests()[1].find("Accept-Encoding: gzip\r\n") != std::string::npos);
}

TEST_CASE("a poll ends as unreachable if the answer is cut off", "[mesos]") {
  Fixture f({kRedirect, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + kAgents, kRedirect});
  const PollResult result = f.Poll();
  CHECK(result.outcome == PollOutcome::kUnreachable);
  CHECK(result.agents.agents.empty());
}

TEST_CASE("a poll ends as malformed if the answer is not a list of agents", "[mesos]") {
  Fixture f({kRedirect, JsonAnswer("{}")});
  CHECK(f.Poll().outcome == PollOutcome::kMalformed);
}

TEST_CASE("credentials are sent over plain HTTP only if that is allowed", "[mesos]") {
  const test::TempDirectory folder;
  AgentsPollOptions options;
  options.credentials_file = folder.Write("credentials", "k8sm\ns3cret\n");
  {
    Fixture f({kRedirect, JsonAnswer(kAgents)});
    f.Poll(options);
    for (const std::string& request : f.server.requests())
      CHECK(request.find("Authorization") == std::string::npos);
  }
  options.insecure_credentials = true;
  Fixture f({kRedirect, JsonAnswer(kAgents)});
  f.Poll(options);
  CHECK(f.server.requests()[1].find("Authorization: Basic azhzbTpzM2NyZXQ=\r\n") != std::string::npos);
}

TEST_CASE("credentials go over https to a master that an authority of the flags vouches for", "[mesos]") {
  const test::TempDirectory folder;
  const test::TestAuthority authority("a");
  const bool known = GENERATE(true, false);
  CAPTURE(known);
  const auto pair = (known ? authority : test::TestAuthority("b")).Issue("master", "IP:127.0.0.1");
  asio::ssl::context tls(asio::ssl::context::tls_server);
  tls.use_certificate_chain(asio::buffer(pair.cert_pem));
  tls.use_private_key(asio::buffer(pair.key_pem), asio::ssl::context::pem);
  asio::io_context io;
  const ScriptServer server(io, Fixture::ScriptOf({kRedirect, JsonAnswer(kAgents)}), &tls);
  AgentsPollOptions options;
  options.masters = {{.secure = true, .host = "127.0.0.1", .port = server.config().port}};
  options.credentials_file = folder.Write("credentials", "k8sm\ns3cret\n");
  options.ca_file = folder.Write("ca.pem", authority.cert_pem());
  const auto poll = AgentsPoll::Create(io.get_executor(), options).value();
  const PollResult result = client::Run(io, poll->Poll());
  CHECK(result.outcome == (known ? PollOutcome::kOk : PollOutcome::kUnreachable));
  CHECK(server.requests().size() == (known ? 2 : 0));
  for (const std::string& request : server.requests())
    CHECK(request.find("Authorization: Basic azhzbTpzM2NyZXQ=\r\n") != std::string::npos);
}

TEST_CASE("credentials do not follow a redirect over http to https, unless that is allowed", "[mesos]") {
  const test::TempDirectory folder;
  const test::TestAuthority authority("a");
  asio::ssl::context tls = test::ServerContext(authority.Issue("leader", "IP:127.0.0.1"));
  const bool allowed = GENERATE(true, false);
  CAPTURE(allowed);
  asio::io_context io;
  const std::string answer = allowed ? JsonAnswer(kAgents) : AnswerWith("401 Unauthorized", "", "");
  const ScriptServer leader(io, Fixture::ScriptOf({answer}), &tls);
  const std::string location = "Location: https://127.0.0.1:" + std::to_string(leader.config().port) + "\r\n";
  const ScriptServer server(io, Fixture::ScriptOf({AnswerWith("307 Temporary Redirect", location, "")}));
  AgentsPollOptions options;
  options.masters = {{.host = "127.0.0.1", .port = server.config().port}};
  options.credentials_file = folder.Write("credentials", "k8sm\ns3cret\n");
  options.insecure_credentials = allowed;
  options.ca_file = folder.Write("ca.pem", authority.cert_pem());
  const auto poll = AgentsPoll::Create(io.get_executor(), options).value();
  const PollResult result = client::Run(io, poll->Poll());
  CHECK(result.outcome == (allowed ? PollOutcome::kOk : PollOutcome::kUnauthorized));
  if (!allowed) CHECK(result.error.message.find("its address came over http: ") != std::string::npos);
  REQUIRE(leader.requests().size() == 1);
  CHECK((leader.requests()[0].find("Authorization: ") != std::string::npos) == allowed);
}

TEST_CASE("Create refuses credentials and CA files that cannot be used, and a poll without masters",
          "[mesos]") {
  asio::io_context io;
  const test::TempDirectory folder;
  AgentsPollOptions options;
  options.masters = {{.host = "m1"}};
  options.credentials_file = folder.Write("credentials", "k8sm");
  CHECK(AgentsPoll::Create(io.get_executor(), options).error().message ==
        "the credentials for Mesos: " + options.credentials_file + ": holds no secret");
  options.credentials_file = "";
  options.ca_file = folder.Write("ca.pem", "none");
  CHECK(AgentsPoll::Create(io.get_executor(), options).error().message.starts_with(options.ca_file + ": "));
  options.ca_file = folder.path() + "/none";
  CHECK(AgentsPoll::Create(io.get_executor(), options).error().message.find(options.ca_file) !=
        std::string::npos);
  CHECK(AgentsPoll::Create(io.get_executor(), {}).error().message == "no Mesos master is given");
}

TEST_CASE("a master that does not answer within answer_timeout is unreachable", "[mesos]") {
  Fixture f({});
  AgentsPollOptions options;
  options.connect_timeout = std::chrono::hours(1);
  options.answer_timeout = std::chrono::milliseconds(50);
  CHECK(f.Poll(options).outcome == PollOutcome::kUnreachable);
}

// Options of a poll that waits for longer than any test.
AgentsPollOptions Patient(std::vector<MasterUrl> masters) {
  AgentsPollOptions options;
  options.masters = std::move(masters);
  options.connect_timeout = options.answer_timeout = std::chrono::hours(1);
  return options;
}

TEST_CASE("a poll ends at its deadline, however many masters hang and wherever they do", "[mesos]") {
  const auto [secure, answers] =
      GENERATE(table<bool, std::vector<std::string>>({{false, {}}, {true, {}}, {false, {kRedirect}}}));
  Fixture f(answers);
  f.secure = secure;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  const PollResult result = f.Poll(Patient({f.master(), f.master(), f.master()}), deadline);
  CHECK(result.outcome == PollOutcome::kUnreachable);
  CHECK(result.error.code == Errc::kTimeout);
}

TEST_CASE("a master that hangs leaves time for the next one before the deadline", "[mesos]") {
  Fixture f({"", kRedirect, JsonAnswer(kAgents)});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(6);
  CHECK(f.Poll(Patient({f.master(), f.master()}), deadline).outcome == PollOutcome::kOk);
}

TEST_CASE("connect_timeout includes the TLS handshake", "[mesos]") {
  Fixture f({});
  f.secure = true;
  AgentsPollOptions options;
  options.connect_timeout = std::chrono::milliseconds(50);
  options.answer_timeout = std::chrono::hours(1);
  CHECK(f.Poll(options).outcome == PollOutcome::kUnreachable);
}

}  // namespace
}  // namespace k8sm::mesos
