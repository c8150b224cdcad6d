#include "lib/async/task_group.h"
#include "lib/client/api_client.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/log_capture.h"
#include "test/support/temp_directory.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <boost/asio/co_spawn.hpp>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using std::chrono::milliseconds;
using test::CertificateAndKey;
using test::LogCapture;
using test::ServerContext;
using test::TempDirectory;
using test::TestAuthority;

const std::string kRefused = AnswerWith("401 Unauthorized", "", "{}");

// A TLS server, and a client of it whose credentials are in files of a directory.
struct Fixture {
  explicit Fixture(ScriptServer::Script script)
      : context(ServerContext(authority.Issue("server", "IP:127.0.0.1"))),
        server(io, std::move(script), &context),
        config(server.config()) {
    config.ca_pem = authority.cert_pem();
    options.on_exec_plugin_call = [this](int code, std::string_view status) {
      calls.push_back(std::to_string(code) + " " + std::string(status));
    };
  }

  Result<std::string> Get() {
    if (!client) client = ApiClient::Create(io.get_executor(), config, options).value();
    return Run(io, client->Do({.target = "/x"}));
  }

  // Uses this shell script as the plugin.
  void UsePlugin(const std::string& script) {
    config.exec =
        ExecPlugin{.place = "FILE: user \"u\": exec",
                   .command = directory.Write("plugin", "#!/bin/sh\ncd " + directory.path() + "\n" + script),
                   .args = {},
                   .env = {},
                   .api_version = "v",
                   .exec_info = "{\"told\":true}",
                   .install_hint = "install it"};
    std::filesystem::permissions(config.exec->command, std::filesystem::perms::owner_all);
  }

  // Uses a plugin that counts its runs. `print` is shell code that prints the status, in which $n is the
  // number of the run.
  void UseCountingPlugin(const std::string& print) {
    UsePlugin(
        "echo >> runs\nn=$(wc -l < runs)\necho "
        "'{\"kind\":\"ExecCredential\",\"apiVersion\":\"v\",\"status\":'\n" +
        print + "\necho '}'\n");
  }
  std::size_t Runs() const {
    std::ifstream runs(directory.path() + "/runs");
    std::string line;
    std::size_t count = 0;
    while (std::getline(runs, line)) ++count;
    return count;
  }

  // The Authorization headers of all requests.
  std::vector<std::string> Shown() const {
    std::vector<std::string> shown;
    for (const std::string& request : server.requests()) {
      const std::string name = "\r\nAuthorization: ";
      const std::size_t at = request.find(name);
      const std::size_t begin = at + name.size();
      shown.push_back(at == std::string::npos ? ""
                                              : request.substr(begin, request.find('\r', begin) - begin));
    }
    return shown;
  }

  TempDirectory directory;
  TestAuthority authority{"authority"};
  asio::ssl::context context;
  asio::io_context io;
  ScriptServer server;
  RestConfig config;
  ClientOptions options;
  std::vector<std::string> calls;  // of plugins, as "CODE STATUS"
  std::unique_ptr<ApiClient> client;
};

const std::string kTokenStatus = R"(echo '{"token":"token-'$n'"}')";

TEST_CASE("a token file is read again after a 401, and not before") {
  Fixture f({{{JsonAnswer("1")}, {kRefused}, {JsonAnswer("3")}}});
  f.config.token = "stale";
  f.config.token_file = f.directory.Write("token", "a\n");
  CHECK(f.Get().has_value());
  f.directory.Write("token", "b\n");
  CHECK(f.Get().error().code == Errc::kUnauthorized);
  CHECK(f.Get().has_value());
  CHECK((f.Shown() == std::vector<std::string>{"Bearer a", "Bearer a", "Bearer b"}));
}

TEST_CASE("a token file that disappears is logged once, and its last token stays in use") {
  LogCapture log;
  Fixture f({{{kRefused}, {kRefused}, {JsonAnswer("3")}}});
  f.config.token = "stale";
  f.config.token_file = f.directory.Write("token", "a");
  CHECK(f.Get().has_error());
  std::filesystem::remove(f.config.token_file);
  CHECK(f.Get().has_error());
  CHECK(f.Get().has_value());
  CHECK((f.Shown() == std::vector<std::string>{"Bearer a", "Bearer a", "Bearer a"}));
  CHECK(log.Count("W keeping the token in use: " + f.config.token_file + ": No such file or directory") == 1);
}

TEST_CASE("a user name and password are sent as basic authentication") {
  Fixture f({{{JsonAnswer("1")}}});
  f.config.username = "Aladdin";
  f.config.password = "open sesame";
  CHECK(f.Get().has_value());
  CHECK((f.Shown() == std::vector<std::string>{"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}));
}

TEST_CASE("a password without a user name is sent too") {
  Fixture f({{{JsonAnswer("1")}}});
  f.config.password = "pass";
  CHECK(f.Get().has_value());
  CHECK((f.Shown() == std::vector<std::string>{"Basic OnBhc3M="}));
}

TEST_CASE("concurrent requests share one run of a plugin, and its token is kept") {
  Fixture f({{{JsonAnswer("1")}, {JsonAnswer("3")}}, {{JsonAnswer("2")}, {JsonAnswer("3")}}});
  f.UseCountingPlugin("[ \"$KUBERNETES_EXEC_INFO\" = '{\"told\":true}' ] && " + kTokenStatus);
  f.client = ApiClient::Create(f.io.get_executor(), f.config, f.options).value();
  int done = 0;
  const auto count = [&done](std::exception_ptr, Result<std::string> result) {
    done += result.has_value() ? 1 : 0;
  };
  asio::co_spawn(f.io, f.client->Do({.target = "/a"}), count);
  asio::co_spawn(f.io, f.client->Do({.target = "/b"}), count);
  while (done < 2) f.io.run_one();
  CHECK(f.Get().has_value());
  CHECK(f.Shown() == std::vector<std::string>(3, "Bearer token-1"));
  CHECK(f.Runs() == 1);
  CHECK((f.calls == std::vector<std::string>{"0 no_error"}));
}

TEST_CASE("a plugin runs again for the next request after a 401") {
  Fixture f({{{JsonAnswer("1")}, {kRefused}, {JsonAnswer("3")}}});
  f.UseCountingPlugin(kTokenStatus);
  CHECK(f.Get().has_value());
  CHECK(f.Get().error().code == Errc::kUnauthorized);
  CHECK(f.Get().has_value());
  CHECK((f.Shown() == std::vector<std::string>{"Bearer token-1", "Bearer token-1", "Bearer token-2"}));
  CHECK(f.server.connections() == 1);
}

TEST_CASE("a plugin whose token was accepted runs again without a pause when the token is refused later") {
  Fixture f({{{JsonAnswer("1")}, {kRefused}, {JsonAnswer("3")}, {kRefused}, {JsonAnswer("5")}}});
  f.UseCountingPlugin(kTokenStatus);
  for (const bool accepted : {true, false, true, false, true}) CHECK(f.Get().has_value() == accepted);
  CHECK((f.Shown() == std::vector<std::string>{"Bearer token-1", "Bearer token-1", "Bearer token-2",
                                               "Bearer token-2", "Bearer token-3"}));
}

TEST_CASE("a plugin's token is reused while it has not expired") {
  Fixture f({{{JsonAnswer("1")}, {JsonAnswer("2")}}});
  f.UseCountingPlugin(R"(echo '{"token":"token-'$n'","expirationTimestamp":"2999-01-01T00:00:00Z"}')");
  CHECK(f.Get().has_value());
  CHECK(f.Get().has_value());
  CHECK(f.Runs() == 1);
}

TEST_CASE("a plugin that fails is reported and its stderr logged, and it does not run for each request") {
  struct Case {
    std::string script;
    std::string message;
    std::string call;
  };
  const std::vector<Case> cases = {
      {"echo secret; echo 'no session' >&2; exit 3", "exited with code 3", "3 plugin_execution_error"},
      {"echo secret; echo 'no session' >&2",
       "printed no credential: ExecCredential: invalid JSON (Invalid value) at byte 0", "0 no_error"},
  };
  for (const Case& expected : cases) {
    CAPTURE(expected.message);
    LogCapture log;
    Fixture f({});
    f.UsePlugin("echo >> runs\n" + expected.script);
    const Error first = f.Get().error();
    CHECK(first.code == Errc::kUnavailable);
    CHECK(first.message == "FILE: user \"u\": exec: \"" + f.config.exec->command + "\" " + expected.message);
    CHECK(f.Get().error().message == first.message);
    CHECK(f.Runs() == 1);
    CHECK((f.calls == std::vector<std::string>{expected.call}));
    CHECK(f.server.connections() == 0);
    CHECK(log.Count("I FILE: user \"u\": exec: " + f.config.exec->command + ": no session") == 1);
    CHECK(log.Count("secret") == 0);
  }
}

TEST_CASE("the error for a missing plugin ends with its install hint") {
  Fixture f({});
  f.UsePlugin("");
  f.config.exec->command = "no-such-plugin-anywhere";
  CHECK(f.Get().error().message ==
        "FILE: user \"u\": exec: \"no-such-plugin-anywhere\" cannot be started: No such file or directory; "
        "install it");
  CHECK((f.calls == std::vector<std::string>{"1 plugin_not_found_error"}));
}

TEST_CASE("a request that gets no credentials takes no token of the rate limiter") {
  Fixture f({});
  f.options.qps = 0.001;
  f.options.burst = 1;
  f.UsePlugin("exit 1");
  for (int i = 0; i < 3; ++i) CHECK(f.Get().error().message.find("exited with code 1") != std::string::npos);
}

TEST_CASE("a request times out while its plugin runs on, and the credential serves a later request") {
  Fixture f({{{JsonAnswer("1")}}});
  f.UseCountingPlugin("while [ ! -e go ]; do :; done\n" + kTokenStatus);
  f.options.request_timeout = milliseconds(50);
  const Error error = f.Get().error();
  CHECK(error.code == Errc::kTimeout);
  CHECK(error.message == "FILE: user \"u\": exec: has not ended in time for this request");
  f.directory.Write("go", "");
  while (f.calls.empty()) f.io.run_one();
  // A stream has deadlines of its own.
  ApiStream::Sink sink = [](std::string_view) { return Result<void>(); };
  CHECK(Run(f.io, f.client->NewStream()->Get("/x", {}, sink)).has_value());
  CHECK((f.Shown() == std::vector<std::string>{"Bearer token-1"}));
  CHECK(f.Runs() == 1);
}

Awaitable<void> Store(ApiClient& client, std::optional<Result<std::string>>& result) {
  Request request{.target = "/x"};
  result = co_await client.Do(std::move(request));
}

TEST_CASE("a request can be cancelled while a plugin runs") {
  Fixture f({});
  f.UsePlugin("echo begun >&2; sleep 60");
  f.client = ApiClient::Create(f.io.get_executor(), f.config, f.options).value();
  TaskGroup tasks(f.io.get_executor(), [](std::string_view, std::string_view what) { FAIL(what); });
  std::optional<Result<std::string>> result;
  tasks.Spawn("request", Store(*f.client, result));
  LogCapture log;
  while (log.Count("begun") == 0) f.io.run_one();
  tasks.Cancel();
  while (!tasks.empty()) f.io.run_one();
  REQUIRE(result.has_value());
  CHECK(result->error().code == Errc::kCanceled);
}

TEST_CASE("over http no credentials are read, obtained from a plugin or sent") {
  asio::io_context io;
  ScriptServer server(io, {{{JsonAnswer("1")}}});
  const TempDirectory directory;
  RestConfig config = server.config();
  config.token = "secret";
  config.token_file = "/nowhere";
  config.ca_file = "/nowhere";
  config.ca_pem = config.client_cert_pem = "garbage";
  config.exec = ExecPlugin{.place = "FILE", .command = "/nowhere"};
  LogCapture log;
  const auto client = ApiClient::Create(io.get_executor(), config, {}).value();
  CHECK(Run(io, client->Do({.target = "/x"})).has_value());
  CHECK(server.requests().at(0).find("Authorization") == std::string::npos);
  CHECK(log.lines().empty());
}

// Writes a certificate and its key as the JSON status that a plugin prints.
void WritePair(const TempDirectory& directory, const std::string& name, const CertificateAndKey& pair) {
  const auto escaped = [](std::string pem) {
    for (std::size_t at = 0; (at = pem.find('\n', at)) != std::string::npos;) pem.replace(at, 1, "\\n");
    return pem;
  };
  directory.Write(name, R"({"clientCertificateData":")" + escaped(pair.cert_pem) + R"(","clientKeyData":")" +
                            escaped(pair.key_pem) + R"("})");
}

TEST_CASE("a plugin's certificate is presented, and a different one opens a new connection") {
  Fixture f({{{JsonAnswer("1")}, {kRefused}}, {{kRefused}, {JsonAnswer("4")}}});
  f.context.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  f.context.add_certificate_authority(asio::buffer(f.authority.cert_pem()));
  WritePair(f.directory, "pair-1", f.authority.Issue("one", ""));
  WritePair(f.directory, "pair-2", f.authority.Issue("two", ""));
  f.UseCountingPlugin("[ \"$n\" = 1 ] && cat pair-1 || cat pair-2");
  CHECK(f.Get().has_value());
  CHECK(f.Get().has_error());
  CHECK(f.server.connections() == 1);
  CHECK(f.Get().has_error());
  CHECK(f.server.connections() == 2);
  // The same certificate again changes nothing.
  CHECK(f.Get().has_value());
  CHECK(f.Runs() == 2);
  CHECK(f.server.connections() == 2);
  CHECK(f.Shown() == std::vector<std::string>(4, ""));
}

TEST_CASE("a plugin that returns the same certificate again closes no connection") {
  Fixture f({{{JsonAnswer("1")}, {kRefused}, {JsonAnswer("3")}}});
  WritePair(f.directory, "pair", f.authority.Issue("one", ""));
  f.UseCountingPlugin("cat pair");
  CHECK(f.Get().has_value());
  const Error refused = f.Get().error();
  CHECK(refused.message.ends_with(
      "; it does not accept the client certificate that FILE: user \"u\": exec has given"));
  CHECK(f.Get().has_value());
  CHECK(f.Runs() == 2);
  CHECK(f.server.connections() == 1);
}

TEST_CASE("a plugin's certificate is still presented after the file of CAs is replaced") {
  Fixture f({{{JsonAnswer("1")}, {kRefused}}, {{JsonAnswer("3")}}});
  f.context.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  f.context.add_certificate_authority(asio::buffer(f.authority.cert_pem()));
  f.config.ca_file = f.directory.Write("ca.pem", f.config.ca_pem);
  WritePair(f.directory, "pair", f.authority.Issue("one", ""));
  f.UseCountingPlugin("cat pair");
  CHECK(f.Get().has_value());
  f.directory.Write("ca.pem", f.config.ca_pem + TestAuthority("another").cert_pem());
  CHECK(f.Get().has_error());
  CHECK(f.Get().has_value());
  CHECK(f.server.connections() == 2);
}

TEST_CASE("replacing certificate files closes the connections that use the old ones, and is logged") {
  LogCapture log;
  Fixture f({{{JsonAnswer("1")}, {kRefused}}, {{JsonAnswer("3")}}});
  f.context.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  f.context.add_certificate_authority(asio::buffer(f.authority.cert_pem()));
  const CertificateAndKey pair = f.authority.Issue("client", "");
  f.config.client_cert_pem = pair.cert_pem;
  f.config.client_key_pem = pair.key_pem;
  f.config.client_cert_file = f.directory.Write("cert.pem", pair.cert_pem);
  f.config.client_key_file = f.directory.Write("key.pem", pair.key_pem);
  f.client = ApiClient::Create(f.io.get_executor(), f.config, f.options).value();
  const auto stream = f.client->NewStream();
  ApiStream::Sink sink = [](std::string_view) { return Result<void>(); };
  CHECK(f.Get().has_value());
  const CertificateAndKey other = f.authority.Issue("client", "");
  f.directory.Write("cert.pem", other.cert_pem);
  f.directory.Write("key.pem", other.key_pem);
  CHECK(f.Get().error().code == Errc::kUnauthorized);
  // The stream notices the change; the client's own connection is closed at once.
  CHECK(Run(f.io, stream->Get("/x", {}, sink)).has_value());
  CHECK(f.server.connections() == 2);
  f.server.WaitForClosed(1);
  CHECK(log.Count("I certificates for " + f.config.Url() + " have been replaced") == 1);
}

TEST_CASE("a stream whose client was destroyed notices new certificates and opens a new connection") {
  Fixture f({{{JsonAnswer("1")}, {kRefused}}, {{JsonAnswer("3")}}});
  f.config.ca_file = f.directory.Write("ca.pem", f.config.ca_pem);
  f.client = ApiClient::Create(f.io.get_executor(), f.config, f.options).value();
  const auto stream = f.client->NewStream();
  f.client.reset();
  ApiStream::Sink sink = [](std::string_view) { return Result<void>(); };
  CHECK(Run(f.io, stream->Get("/x", {}, sink)).has_value());
  f.directory.Write("ca.pem", f.config.ca_pem + TestAuthority("another").cert_pem());
  CHECK(Run(f.io, stream->Get("/x", {}, sink)).error().code == Errc::kUnauthorized);
  CHECK(f.server.connections() == 1);
  CHECK(Run(f.io, stream->Get("/x", {}, sink)).has_value());
  CHECK(f.server.connections() == 2);
}

TEST_CASE("certificate files that cannot be used are logged once, and the old certificates stay in use") {
  LogCapture log;
  Fixture f({{{kRefused}, {kRefused}, {JsonAnswer("3")}}});
  f.config.ca_file = f.directory.Write("ca.pem", f.config.ca_pem);
  CHECK(f.Get().has_error());
  f.directory.Write("ca.pem", "garbage");
  CHECK(f.Get().has_error());
  CHECK(f.Get().has_value());
  CHECK(f.server.connections() == 1);
  CHECK(log.Count("W keeping the certificates in use: " + f.config.ca_file + ": holds no PEM certificate") ==
        1);
}

TEST_CASE("no secret is logged, at any verbosity, or returned in an error") {
  LogCapture log(10);
  // Every request is answered, whichever are retried.
  const Turn answer{JsonAnswer("4")};
  Fixture f({{{kRefused}, {"garbage", true}},
             {{AnswerWith("500 No", "", "{}")}, answer, answer, answer},
             {answer, answer, answer},
             {answer, answer, answer}});
  f.options.retry_pause = std::chrono::milliseconds(1);
  SECTION("token") {
    f.config.token = "the-secret";
  }
  SECTION("token file") {
    f.config.token_file = f.directory.Write("token", "the-secret");
  }
  SECTION("password") {
    f.config.username = "user";
    f.config.password = "the-secret";
  }
  SECTION("plugin") {
    f.UseCountingPlugin("echo '{\"token\":\"the-secret\"}'");
    f.config.exec->args = {"the-secret"};
    f.config.exec->env = {{"X", "the-secret"}};
  }
  SECTION("plugin that fails") {
    f.UsePlugin("echo the-secret; exit 1");
    f.config.exec->args = {"the-secret"};
  }
  SECTION("proxy") {
    f.config.proxy = Proxy{.host = "127.0.0.1", .port = f.config.port, .authorization = "Basic the-secret"};
  }
  std::string errors;
  for (int i = 0; i < 4; ++i) {
    const auto got = f.Get();
    if (got.has_error()) errors += ToString(got.error());
  }
  CHECK_FALSE(errors.empty());
  CHECK(errors.find("the-secret") == std::string::npos);
  CHECK(log.Count("the-secret") == 0);
  CHECK(log.Count("dGhlLXNlY3JldA") == 0);
}

}  // namespace
}  // namespace k8sm::client
