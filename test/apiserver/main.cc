// k8sm-apiserver: a Kubernetes API server in memory, to try things on.

#include "test/apiserver/api_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <gflags/gflags.h>
#include <glog/logging.h>

#include <csignal>
#include <iostream>

DEFINE_string(address, "127.0.0.1", "IP address to listen on");
DEFINE_int32(port, 8001, "port to listen on; 0: any free one, which is printed");
DEFINE_string(load, "", "directory of YAML and JSON files whose objects are there from the start");
DEFINE_string(token, "", "bearer token that clients have to present; empty: none");
DEFINE_int32(history, 10'000, "how many events of each resource a watch can resume from");

namespace k8sm::apiserver {
namespace {

int Run() {
  if (FLAGS_port < 0 || FLAGS_port > 65535 || FLAGS_history < 1) {
    std::cerr << "k8sm-apiserver: -port takes 0 to 65535, -history at least 1\n";
    return 1;
  }
  boost::asio::io_context io;
  ApiServer server(io.get_executor(),
                   {FLAGS_address, std::uint16_t(FLAGS_port), FLAGS_token, std::size_t(FLAGS_history)});
  if (!FLAGS_load.empty()) {
    const Result<void> loaded = server.Load(FLAGS_load);
    if (!loaded) {
      std::cerr << "k8sm-apiserver: " << loaded.error().message << "\n";
      return 1;
    }
  }
  const Result<std::uint16_t> port = server.Start();
  if (!port) {
    std::cerr << "k8sm-apiserver: " << port.error().message << "\n";
    return 1;
  }
  std::cout << "serving on " << server.Url() << std::endl;
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
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
