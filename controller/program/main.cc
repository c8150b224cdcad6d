// k8sm-controller-manager: the endpoint controller that runs beside the Kubernetes-Mesos scheduler.

#include "controller/program/flags.h"
#include "controller/program/manager.h"
#include "controller/program/options.h"
#include "controller/program/permission_check.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/standard_streams.h"
#include "lib/client/api_client.h"
#include "lib/client/config/in_cluster.h"
#include "lib/client/config/kubeconfig.h"
#include "lib/client/config/proxy.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <glog/logging.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <variant>

namespace k8sm::controller {
namespace {

int Fail(const Error& error) {
  std::cerr << "k8sm-controller-manager: " << error.message << "\n";
  return error.code == Errc::kInvalidConfig ? kUsageExitCode : EXIT_FAILURE;
}

// Flushes standard output. Returns false, after a message on stderr, if not all output could be written, e.g.
// because the disk is full or the reader of the pipe is gone.
bool FlushOutput() {
  if (std::cout.flush()) return true;
  std::cerr << "k8sm-controller-manager: cannot write to standard output\n";
  return false;
}

// timeout(1) and some supervisors send a signal to the process and then to its group, which is one request.
constexpr std::chrono::seconds kOneRequest{1};

void ExitOnSignal(boost::asio::signal_set& signals, std::chrono::steady_clock::time_point first) {
  signals.async_wait([&signals, first](boost::system::error_code error, int signal) {
    if (error) return;
    if (std::chrono::steady_clock::now() - first >= kOneRequest) std::_Exit(128 + signal);
    ExitOnSignal(signals, first);
  });
}

// The first signal starts a graceful shutdown, one that comes later ends the process immediately.
void StopOnSignal(boost::asio::signal_set& signals, Manager& manager) {
  signals.async_wait([&](boost::system::error_code error, int signal) {
    if (error) return;
    LOG(INFO) << "received " << (signal == SIGTERM ? "SIGTERM" : "SIGINT")
              << ", shutting down (send it again to exit immediately)";
    manager.Stop();
    ExitOnSignal(signals, std::chrono::steady_clock::now());
  });
}

Awaitable<void> RunManager(Manager& manager, boost::asio::io_context& context, int& exit_code) {
  exit_code = co_await manager.Run();
  context.stop();
}

[[noreturn]] void RunToEnd(boost::asio::io_context& context, Manager& manager) {
  boost::asio::signal_set signals(context, SIGTERM, SIGINT);
  StopOnSignal(signals, manager);
  TaskGroup tasks(context.get_executor(), Manager::DieOfBug);
  int exit_code = EXIT_FAILURE;
  tasks.Spawn("manager", RunManager(manager, context, exit_code));
  context.run();
  // Exits without destructors: a DNS lookup in progress would block them until it ends.
  if (!FlushOutput()) exit_code = EXIT_FAILURE;
  LOG(INFO) << "exiting with " << exit_code;
  google::FlushLogFiles(google::INFO);
  std::_Exit(exit_code);
}

Awaitable<void> RunPermissionCheck(client::ApiClient& client, Options options,
                                   boost::asio::io_context& context, int& exit_code) {
  exit_code = co_await CheckPermissions(client, options);
  context.stop();
}

int CheckPermissionsOf(const Options& options, client::RestConfig config) {
  boost::asio::io_context context(1);
  const auto client = client::ApiClient::Create(context.get_executor(), std::move(config), {});
  if (!client) return Fail(client.error());
  TaskGroup tasks(context.get_executor(), Manager::DieOfBug);
  int exit_code = EXIT_FAILURE;
  tasks.Spawn("permission check", RunPermissionCheck(**client, options, context, exit_code));
  context.run();
  return FlushOutput() ? exit_code : EXIT_FAILURE;
}

int Main(int argc, char** argv) {
  if (!PrepareStandardStreams()) return EXIT_FAILURE;
  const auto parsed = ParseCommandLine(argc, argv);
  if (!parsed) return Fail(parsed.error());
  if (const Answer* answer = std::get_if<Answer>(&*parsed)) {
    std::cout << answer->text;
    return FlushOutput() ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  const Options& options = std::get<Options>(*parsed);

  auto config = client::LoadRestConfig(options.kubeconfig, options.master, client::ServiceAccountOfThisPod(),
                                       client::ProxyEnvironmentOfThisProcess(), options.context);
  if (!config) return Fail(config.error());

  if (options.check_permissions) return CheckPermissionsOf(options, *std::move(config));

  boost::asio::io_context context(1);
  const auto manager = Manager::Create(context.get_executor(), options, *std::move(config));
  if (!manager) return Fail(manager.error());
  RunToEnd(context, **manager);
}

}  // namespace
}  // namespace k8sm::controller

int main(int argc, char** argv) {
  return k8sm::controller::Main(argc, argv);
}
