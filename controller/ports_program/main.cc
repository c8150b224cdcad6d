// k8sm-ports: the space of host ports of Kubernetes on Mesos.

#include "controller/ports_program/program.h"

#include <cstdlib>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool colours = ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  return k8sm::ports_program::RunProgram(arguments, std::cout, std::cerr, colours);
}
