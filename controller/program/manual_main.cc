// Generates the manual page from its template and the flags. Run by the build:
//
//   k8sm-manual deploy/man/k8sm-controller-manager.8.in k8sm-controller-manager.8

#include "controller/program/flags.h"
#include "controller/program/manual.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: k8sm-manual TEXT PAGE\n";
    return EXIT_FAILURE;
  }
  std::ifstream file(argv[1], std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file || text.empty()) {
    std::cerr << "k8sm-manual: cannot read " << argv[1] << "\n";
    return EXIT_FAILURE;
  }
  std::ofstream page(argv[2], std::ios::binary);
  page << k8sm::controller::ManualPage(text, k8sm::controller::DescribeFlags());
  if (!page.flush()) {
    std::cerr << "k8sm-manual: cannot write " << argv[2] << "\n";
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
