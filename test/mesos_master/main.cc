// k8sm-mesos-master: a simulated Mesos master with the agents in a file, for trying things out.

#include "test/mesos_master/mock_master.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
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
DEFINE_int32(port, 5050, "port to listen on; 0: any free one, which is printed");
DEFINE_string(load, "",
              "file with a line for each agent: HOSTNAME RESOURCES [USED], as in: node1 ports:[31000-31019] "
              "[31000-31001]");
DEFINE_string(emulate, "1.11", "the Mesos version to behave as: 0.22, 0.28 or 1.11");

namespace k8sm::mock_master {
namespace {

int Complain(const std::string& message) {
  std::cerr << "k8sm-mesos-master: " << message << "\n";
  return 1;
}

int Main() {
  MasterState state;
  const auto version = ParseVersion(FLAGS_emulate);
  if (!version) return Complain("-emulate: " + version.error().message);
  state.version = *version;
  std::ostringstream text;
  std::ifstream file(FLAGS_load);
  if (!(text << file.rdbuf())) return Complain("-load: cannot read " + FLAGS_load);
  auto agents = ParseAgents(text.str());
  if (!agents) return Complain(FLAGS_load + ": " + agents.error().message);
  state.agents = *std::move(agents);
  if (FLAGS_port < 0 || FLAGS_port > 65535) return Complain("-port takes 0 to 65535");

  asio::io_context context(1);
  auto master = MockMaster::Listen(context.get_executor(), FLAGS_address,
                                   static_cast<std::uint16_t>(FLAGS_port), std::move(state));
  if (!master) return Complain(master.error().message);
  std::cout << "serving at " << (*master)->address() << std::endl;
  asio::signal_set signals(context, SIGTERM, SIGINT);
  signals.async_wait([&](boost::system::error_code error, int) {
    if (!error) context.stop();
  });
  asio::co_spawn(context, (*master)->Run(), asio::detached);
  context.run();
  return 0;
}

}  // namespace
}  // namespace k8sm::mock_master

int main(int argc, char** argv) {
  google::InitGoogleLogging(argv[0]);
  FLAGS_logtostderr = true;
  gflags::ParseCommandLineFlags(&argc, &argv, true);
  return k8sm::mock_master::Main();
}
