// k8sm-apiserver: an in-memory Kubernetes API server for trying things out.

#include "test/apiserver/api_server.h"
#include "test/apiserver/emulation.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <gflags/gflags.h>
#include <glog/logging.h>

#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

DEFINE_string(address, "127.0.0.1", "IP address to listen on");
DEFINE_int32(port, 8001, "port to listen on; 0: any free one, which is printed");
DEFINE_string(load, "", "directory of YAML and JSON files whose objects are there from the start");
DEFINE_string(token, "", "bearer token that clients have to present; empty: none");
DEFINE_string(token_auth_file, "",
              "file with lines token,user,uid,\"group1,group2\": clients have to present one of the tokens");
DEFINE_string(tls_cert_file, "", "PEM file with the server's certificate; HTTPS is served then");
DEFINE_string(tls_private_key_file, "", "PEM file with the key of -tls_cert_file");
DEFINE_string(
    client_ca_file, "",
    "PEM file with the authorities of client certificates; clients have to present one, or a token");
DEFINE_bool(require_client_cert, false, "refuse clients without a certificate of -client_ca_file at once");
DEFINE_int32(history, 10'000, "how many events of each resource a watch can resume from");
DEFINE_string(emulate, "1.36", "the Kubernetes version to behave as: 1.1, 1.5, 1.20 or 1.36");
DEFINE_string(faults, "", "faults to have: a file of rules, or the rules themselves, as fault_rule.h says");
DEFINE_int32(
    control_port, -1,
    "port for GET, PUT and DELETE /faults and PUT /tokens; 0: any free one, which is printed; -1: none");

namespace k8sm::apiserver {
namespace {

Result<std::string> ReadFile(const std::string& flag, const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!(text << file.rdbuf())) return Error{Errc::kInvalidConfig, "-" + flag + ": cannot read " + path};
  return text.str();
}

Result<void> ReadInto(std::string& text, const std::string& flag, const std::string& path) {
  if (path.empty()) return {};
  Result<std::string> read = ReadFile(flag, path);
  if (!read) return read.error();
  text = std::move(*read);
  return {};
}

Result<Tokens> ReadTokens() {
  std::string csv;
  if (const auto read = ReadInto(csv, "token_auth_file", FLAGS_token_auth_file); !read) return read.error();
  Result<Tokens> tokens = ParseTokens(csv);
  if (tokens && !FLAGS_token.empty()) tokens->insert_or_assign(FLAGS_token, User{"admin", {}});
  return tokens;
}

Result<ApiServerOptions> ReadOptions() {
  if (FLAGS_port < 0 || FLAGS_port > 65535 || FLAGS_control_port < -1 || FLAGS_control_port > 65535 ||
      FLAGS_history < 1) {
    return Error{Errc::kInvalidConfig,
                 "-port takes 0 to 65535, -control_port -1 to 65535, -history at least 1"};
  }
  if (!FeaturesOf(FLAGS_emulate)) {
    return Error{Errc::kInvalidConfig, "-emulate takes 1.1, 1.5, 1.20 or 1.36"};
  }
  if (FLAGS_tls_cert_file.empty() != FLAGS_tls_private_key_file.empty() ||
      (FLAGS_tls_cert_file.empty() && !FLAGS_client_ca_file.empty()) ||
      (FLAGS_client_ca_file.empty() && FLAGS_require_client_cert)) {
    return Error{Errc::kInvalidConfig,
                 "-tls_cert_file goes with -tls_private_key_file, -client_ca_file with both, "
                 "-require_client_cert with all three"};
  }
  ApiServerOptions options;
  options.address = FLAGS_address;
  options.port = std::uint16_t(FLAGS_port);
  options.emulate = FLAGS_emulate;
  options.history = std::size_t(FLAGS_history);
  if (FLAGS_control_port >= 0) options.control_port = std::uint16_t(FLAGS_control_port);
  options.tls.require_client_cert = FLAGS_require_client_cert;
  Result<void> read = ReadInto(options.tls.cert_pem, "tls_cert_file", FLAGS_tls_cert_file);
  if (read) read = ReadInto(options.tls.key_pem, "tls_private_key_file", FLAGS_tls_private_key_file);
  if (read) read = ReadInto(options.tls.client_ca_pem, "client_ca_file", FLAGS_client_ca_file);
  if (!read) return read.error();
  Result<Tokens> tokens = ReadTokens();
  if (!tokens) return tokens.error();
  options.tokens = std::move(*tokens);
  return options;
}

Result<std::vector<FaultRule>> ReadFaults() {
  if (FLAGS_faults.empty()) return std::vector<FaultRule>();
  if (FLAGS_faults.starts_with('[')) return ParseFaults(FLAGS_faults);
  const Result<std::string> text = ReadFile("faults", FLAGS_faults);
  if (!text) return text.error();
  return ParseFaults(*text);
}

Result<void> Prepare(ApiServer& server) {
  if (!FLAGS_load.empty()) {
    const Result<void> loaded = server.Load(FLAGS_load);
    if (!loaded) return loaded;
  }
  Result<std::vector<FaultRule>> faults = ReadFaults();
  if (!faults) return faults.error();
  server.faults().Set(std::move(*faults));
  const Result<std::uint16_t> port = server.Start();
  if (!port) return port.error();
  return {};
}

int Complain(const Error& error) {
  std::cerr << "k8sm-apiserver: " << error.message << "\n";
  return 1;
}

int Run() {
  Result<ApiServerOptions> options = ReadOptions();
  if (!options) return Complain(options.error());
  boost::asio::io_context io;
  ApiServer server(io.get_executor(), std::move(*options));
  const Result<void> prepared = Prepare(server);
  if (!prepared) return Complain(prepared.error());
  if (FLAGS_control_port >= 0) std::cout << "faults and tokens on " << server.ControlUrl() << std::endl;
  std::cout << "serving on " << server.Url() << std::endl;
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  // run() returns when the last connection is closed; handlers in progress refer to the server.
  signals.async_wait([&server](const boost::system::error_code&, int) { server.Stop(); });
  io.run();
  return 0;
}

}  // namespace
}  // namespace k8sm::apiserver

int main(int argc, char** argv) {
  FLAGS_logtostderr = true;
  gflags::SetUsageMessage("a Kubernetes API server in memory");
  gflags::ParseCommandLineFlags(&argc, &argv, true);
  google::InitGoogleLogging(argv[0]);
  return k8sm::apiserver::Run();
}
