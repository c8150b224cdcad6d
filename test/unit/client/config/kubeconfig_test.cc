#include "lib/client/config/kubeconfig.h"

#include "lib/client/config/base64.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/log_capture.h"
#include "test/support/temp_directory.h"

#include <string>
#include <vector>

namespace k8sm::client {
namespace {

using test::TempDirectory;
using test::TestAuthority;

// A kubeconfig with one context, whose cluster has these fields, in YAML's flow style.
std::string WithCluster(const std::string& fields) {
  return "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nclusters: [{name: k, "
         "cluster: {" +
         fields + "}}]\nusers: [{name: u, user: {token: secret}}]\n";
}

Result<RestConfig> Load(const TempDirectory& directory, const std::string& text,
                        const std::string& master = "") {
  return LoadRestConfig(directory.Write("config", text), master, {}, {});
}

// The error, without the file's name.
std::string Refusal(const std::string& text, const std::string& master = "") {
  const TempDirectory directory;
  const auto config = Load(directory, text, master);
  REQUIRE(config.has_error());
  CHECK(config.error().code == Errc::kInvalidConfig);
  const std::string& message = config.error().message;
  CHECK(message.find('\n') == std::string::npos);
  CHECK(message.find("secret") == std::string::npos);
  const std::string prefix = directory.path() + "/config: ";
  return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

TEST_CASE("a given context is used instead of the current one") {
  const TempDirectory directory;
  const std::string path = directory.Write(
      "config",
      "current-context: one\ncontexts: [{name: one, context: {cluster: a}}, {name: two, context: {cluster: "
      "b}}]\n"
      "clusters: [{name: a, cluster: {server: 'http://a'}}, {name: b, cluster: {server: 'http://b'}}]\n");
  CHECK(LoadRestConfig(path, "", {}, {}).value().host == "a");
  CHECK(LoadRestConfig(path, "", {}, {}, "two").value().host == "b");
  const auto wrong = LoadRestConfig(path, "", {}, {}, "three");
  REQUIRE(wrong.has_error());
  CHECK(wrong.error().message == path + ": -context: context \"three\" does not exist");
}

TEST_CASE("a kubeconfig gives the server and credentials of its current context") {
  const TempDirectory directory;
  const auto config = Load(directory, R"(
apiVersion: v1
kind: Config
preferences: {}
current-context: second
contexts:
- name: first
  context: {cluster: missing, user: missing}
- name: second
  context:
    cluster: two
    user: admin
    namespace: default
clusters:
- name: one
  cluster:
    server: https://one
- name: two
  cluster:
    server: https://two:6443/prefix/
    tls-server-name: kubernetes
    disable-compression: true
    extensions: []
users:
- name: admin
  user:
    token: secret
    exec: null
    as: ""
)");
  REQUIRE(config.has_value());
  CHECK(config->Url() == "https://two:6443/prefix");
  CHECK(config->tls_server_name == "kubernetes");
  CHECK(config->token == "secret");
  CHECK(config->user == directory.path() + "/config: user \"admin\"");
  CHECK(config->user_agent.starts_with("k8sm-controller-manager/"));
}

TEST_CASE("a kubeconfig may be JSON") {
  const TempDirectory directory;
  const auto config = Load(directory, R"({"current-context": "c",
    "contexts": [{"name": "c", "context": {"cluster": "k"}}],
    "clusters": [{"name": "k", "cluster": {"server": "https://[fd00::1]:6443", "insecure-skip-tls-verify": true}}]})");
  REQUIRE(config.has_value());
  CHECK(config->Url() == "https://[fd00::1]:6443");
  CHECK(config->insecure_skip_tls_verify);
}

TEST_CASE("the flag -master replaces the server and drops its tls-server-name but keeps the credentials") {
  const TempDirectory directory;
  const auto config =
      Load(directory, WithCluster("server: 'https://one', tls-server-name: one"), "https://other:6443/x");
  REQUIRE(config.has_value());
  CHECK(config->Url() == "https://other:6443/x");
  CHECK(config->tls_server_name.empty());
  CHECK(config->token == "secret");
}

TEST_CASE("the flag -master is enough without a kubeconfig, and an invalid one is an error") {
  const auto config = LoadRestConfig("", "10.0.0.1:8080", {}, {});
  REQUIRE(config.has_value());
  CHECK(config->Url() == "http://10.0.0.1:8080");
  CHECK(LoadRestConfig("", "http://user:secret@host", {}, {}).error().message ==
        "-master: holds a user name or password, which are not sent over http");
  CHECK(LoadRestConfig("", "https://host:83726", {}, {}).error().message ==
        "-master: has no port from 1 to 65535");
}

TEST_CASE("with -master a kubeconfig needs no context") {
  const TempDirectory directory;
  const auto config = Load(directory, "{}", "https://other");
  REQUIRE(config.has_value());
  CHECK(config->Url() == "https://other");
}

TEST_CASE("a server without a scheme is an https server if TLS is configured") {
  const TempDirectory directory;
  CHECK(Load(directory, WithCluster("server: 'one:1'")).value().Url() == "http://one:1");
  CHECK(Load(directory, WithCluster("server: 'one:1', insecure-skip-tls-verify: true")).value().Url() ==
        "https://one:1");
}

TEST_CASE("CAs come from data or from a file relative to the kubeconfig") {
  const TempDirectory directory;
  const std::string ca = TestAuthority("one").cert_pem() + TestAuthority("two").cert_pem();
  const std::string path = directory.Write("ca.pem", ca);
  for (const std::string& field :
       {std::string("certificate-authority: ca.pem"), "certificate-authority: " + path,
        "certificate-authority-data: " + EncodeBase64(ca)}) {
    CAPTURE(field);
    const auto config = Load(directory, WithCluster("server: 'https://one', " + field));
    REQUIRE(config.has_value());
    CHECK(config->ca_pem == ca);
    const bool from_file = field.find("-data") == std::string::npos;
    CHECK(config->ca_file == (from_file ? path : ""));
  }
}

TEST_CASE("a broken certificate among the CAs of a cluster is a warning") {
  const TempDirectory directory;
  const std::string broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const std::string ca = TestAuthority("one").cert_pem() + broken;
  const test::LogCapture log;
  const auto config =
      Load(directory, WithCluster("server: 'https://one', certificate-authority-data: " + EncodeBase64(ca)));
  REQUIRE(config.has_value());
  CHECK(config->ca_pem == ca);
  CHECK(log.lines() == std::vector<std::string>{"W " + directory.path() +
                                                "/config: cluster \"k\": certificate-authority-data: " +
                                                "certificate 2 of 2 does not parse; trusting the others"});
}

TEST_CASE("an empty file of CAs is refused") {
  const TempDirectory directory;
  const std::string path = directory.Write("empty", "");
  CHECK(Load(directory, WithCluster("server: one, certificate-authority: empty")).error().message ==
        directory.path() + "/config: cluster \"k\": certificate-authority: " + path + ": is empty");
}

TEST_CASE("a kubeconfig that does not exist or is a directory is an error") {
  const TempDirectory directory;
  const std::string path = directory.path() + "/none";
  CHECK(LoadRestConfig(path, "https://master", {"10.96.0.1", "443", "/"}, {}).error().message ==
        path + ": No such file or directory");
  CHECK(LoadRestConfig(directory.path(), "", {}, {}).error().message ==
        directory.path() + ": Is a directory");
}

TEST_CASE("an invalid cluster is reported with its field") {
  struct Case {
    std::string fields;
    std::string message;
  };
  const std::string pem = EncodeBase64("garbage");
  const std::string broken = EncodeBase64("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const std::string good = EncodeBase64(TestAuthority("one").cert_pem());
  const std::vector<Case> cases = {
      {"", "server: is not set"},
      {"server: [a]", "server: is not text"},
      {"server: 'ftp://one'", "server: has a scheme other than http and https"},
      {"server: 'http://u:secret@one'",
       "server: holds a user name or password, which are not sent over http"},
      {"server: 'https://one:83726'", "server: has no port from 1 to 65535"},
      {"server: 'https://one', proxy-url: 'socks5://u:secret@proxy'",
       "proxy-url: has the scheme socks5; only http proxies are supported"},
      {"server: 'https://one', proxy-url: 'https://u:secret@proxy'",
       "proxy-url: has the scheme https; only http proxies are supported"},
      {"server: 'https://one', proxy-url: 'u:secret@proxy'",
       "proxy-url: is not a URL such as http://HOST:PORT"},
      {"server: 'https://one', disable-compression: 1", "disable-compression: is neither true nor false"},
      {"insecure-skip-tls-verify: maybe", "insecure-skip-tls-verify: is neither true nor false"},
      {"insecure-skip-tls-verify: true, certificate-authority-data: " + good,
       "insecure-skip-tls-verify: is set together with certificate-authority-data; use one of them"},
      {"certificate-authority: x, certificate-authority-data: " + good,
       "certificate-authority: is set together with certificate-authority-data; use one of them"},
      {"certificate-authority-data: '*'", "certificate-authority-data: is not valid base64"},
      {"certificate-authority-data: " + pem, "certificate-authority-data: holds no PEM certificate"},
      {"certificate-authority-data: " + broken, "certificate-authority-data: certificate 1 does not parse"},
      {"certificate-authority: /nowhere/ca.pem",
       "certificate-authority: /nowhere/ca.pem: No such file or directory"},
  };
  for (const Case& expected : cases) {
    CAPTURE(expected.fields);
    CHECK(Refusal(WithCluster(expected.fields)) == "cluster \"k\": " + expected.message);
  }
}

TEST_CASE("the context, cluster and user that a kubeconfig refers to have to exist in it") {
  const std::string contexts = "current-context: c\ncontexts: [{name: c, context: ";
  CHECK(Refusal("") == "is not a kubeconfig");
  CHECK(Refusal("[]") == "is not a kubeconfig");
  CHECK(Refusal("{}") == "current-context: is not set");
  CHECK(Refusal("current-context: c") == "current-context: context \"c\" does not exist");
  CHECK(Refusal("current-context: \"a\\nb\"") == "current-context: context \"a\\nb\" does not exist");
  CHECK(Refusal("current-context: c\ncontexts: x") == "current-context: context \"c\" does not exist");
  CHECK(Refusal("current-context: c", "https://m") == "current-context: context \"c\" does not exist");
  CHECK(Refusal(contexts + "{}}]") == "context \"c\": cluster: is not set");
  CHECK(Refusal(contexts + "{cluster: k}}]") == "context \"c\": cluster: cluster \"k\" does not exist");
  CHECK(Refusal(contexts + "{cluster: k}}]", "https://m") ==
        "context \"c\": cluster: cluster \"k\" does not exist");
  CHECK(Refusal(contexts + "{user: u}}]") == "context \"c\": user: user \"u\" does not exist");
}

TEST_CASE("a context or cluster that is defined twice is refused, as kubectl refuses it") {
  const std::string contexts = "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}";
  const std::string cluster = "{name: k, cluster: {server: 'https://one'}}";
  CHECK(Refusal(contexts + ", {name: c}]") == "current-context: context \"c\" is defined twice");
  CHECK(Refusal(contexts + "]\nclusters: [" + cluster + ", " + cluster + "]") ==
        "context \"c\": cluster: cluster \"k\" is defined twice");
}

TEST_CASE("the proxy is logged with where it was configured and without its password") {
  const TempDirectory directory;
  const ProxyEnvironment environment{.https_proxy = "http://env:1", .http_proxy = "http://u:secret@env:2"};
  const auto logged = [&](const std::string& fields) {
    const std::string path = directory.Write("config", WithCluster(fields));
    const test::LogCapture log;
    CHECK(LoadRestConfig(path, "", {}, environment).has_value());
    return log.lines();
  };
  using Lines = std::vector<std::string>;
  CHECK(logged("server: 'https://one', proxy-url: 'http://u:secret@mine:2'") ==
        Lines{"I https://one is reached through the proxy http://mine:2 (proxy-url, with a password)"});
  CHECK(logged("server: 'https://one'") ==
        Lines{"I https://one is reached through the proxy http://env:1 (HTTPS_PROXY)"});
  CHECK(logged("server: 'http://one'") ==
        Lines{"I http://one is reached through the proxy http://env:2 (HTTP_PROXY, with a password)"});
  CHECK(logged("server: 'https://localhost'").empty());
}

TEST_CASE("a cluster's proxy-url takes precedence over the environment's proxy") {
  const TempDirectory directory;
  const ProxyEnvironment environment{.https_proxy = "http://env:1", .no_proxy = "other"};
  const auto proxy = [&](const std::string& fields) {
    const std::string path = directory.Write("config", WithCluster(fields));
    return LoadRestConfig(path, "", {}, environment).value().proxy;
  };
  CHECK(proxy("server: 'https://one', proxy-url: 'http://u:p@mine:2'")->Url() == "http://mine:2");
  CHECK(proxy("server: 'https://one'")->Url() == "http://env:1");
  CHECK_FALSE(proxy("server: 'https://other'").has_value());
  CHECK_FALSE(proxy("server: 'http://one'").has_value());
}

TEST_CASE("the environment's proxy is used without a kubeconfig too") {
  const ProxyEnvironment environment{.https_proxy = "ftp://secret", .http_proxy = "env"};
  CHECK(LoadRestConfig("", "http://one", {}, environment).value().proxy->Url() == "http://env:80");
  CHECK(LoadRestConfig("", "https://one", {}, environment).error().message ==
        "HTTPS_PROXY: is not a URL such as http://HOST:PORT");
}

TEST_CASE("only the booleans of YAML 1.1 are booleans") {
  const TempDirectory directory;
  const auto insecure = [&](const std::string& text) {
    return Load(directory, WithCluster("server: 'https://one', insecure-skip-tls-verify: " + text))
        .value()
        .insecure_skip_tls_verify;
  };
  for (const char* yes : {"true", "True", "yes", "on", "y"}) CHECK(insecure(yes));
  for (const char* no : {"false", "False", "off", "~", ""}) CHECK_FALSE(insecure(no));
  for (const char* other : {"'true'", "1", "0", "[true]"}) {
    CHECK(Refusal(WithCluster(std::string("insecure-skip-tls-verify: ") + other)) ==
          "cluster \"k\": insecure-skip-tls-verify: is neither true nor false");
  }
}

TEST_CASE("the last of two current contexts counts") {
  const TempDirectory directory;
  const std::string text =
      "current-context: prod\ncontexts: [{name: prod, context: {cluster: prod}}, {name: staging, context: "
      "{cluster: staging}}]\nclusters: [{name: prod, cluster: {server: 'http://prod'}}, {name: staging, "
      "cluster: {server: 'http://staging'}}]\ncurrent-context: staging\n";
  CHECK(Load(directory, text).value().host == "staging");
}

TEST_CASE("a cluster may be given by a YAML merge key") {
  const TempDirectory directory;
  const std::string text =
      "x: &d {server: 'https://one', insecure-skip-tls-verify: yes}\ncurrent-context: c\n"
      "contexts: [{name: c, context: {cluster: k}}]\nclusters: [{name: k, cluster: {<<: *d}}]\n";
  CHECK(Load(directory, text).value().host == "one");
}

TEST_CASE("an object of another kind or apiVersion is not a kubeconfig") {
  CHECK(Refusal("kind: Pod") == "kind: is not Config");
  CHECK(Refusal("apiVersion: v2") == "apiVersion: is not v1");
}

TEST_CASE("disable-compression of a cluster is read") {
  const TempDirectory directory;
  CHECK(Load(directory, WithCluster("server: one, disable-compression: true")).value().disable_compression);
  CHECK_FALSE(Load(directory, WithCluster("server: one")).value().disable_compression);
}

TEST_CASE("a kubeconfig that does not parse is reported with the line and without its text") {
  CHECK(Refusal("a: b\nusers: [secret") == "line 2 is neither YAML nor JSON");
  CHECK(Refusal("a: b\npassword: *secret\n") == "line 2 is neither YAML nor JSON");
  const std::string deep(100'000, '[');
  CHECK(Refusal(deep) == "line 1 goes beyond 100 levels of nesting or 200,000 values");
}

}  // namespace
}  // namespace k8sm::client
