// k8sm-ports: checks and shows the host ports of a Kubernetes-Mesos cluster.

#include "controller/ports_program/program.h"

#include <glog/logging.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

int main(int argc, char** argv) {
  // Warnings of the client go to stderr like our own errors; its info messages are dropped.
  FLAGS_logtostderr = true;
  FLAGS_minloglevel = google::GLOG_WARNING;
  google::InitGoogleLogging(argv[0]);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool colours = ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  return k8sm::ports_program::RunProgram(arguments, std::cout, std::cerr, colours);
}
