// k8sm-ports: the space of host ports of Kubernetes on Mesos.

#include "controller/ports_program/program.h"

#include <glog/logging.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

int main(int argc, char** argv) {
  // What the client warns of goes where our own errors go; what it merely tells is left out.
  FLAGS_logtostderr = true;
  FLAGS_minloglevel = google::GLOG_WARNING;
  google::InitGoogleLogging(argv[0]);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool colours = ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  return k8sm::ports_program::RunProgram(arguments, std::cout, std::cerr, colours);
}
