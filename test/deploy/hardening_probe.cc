// Contains code that each hardening option affects: an array on the stack, a copy of unknown length, access
// to a vector's element, a path of the source tree, and indirect calls.

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

namespace {

template <std::size_t kStep>
int Add(int value) {
  return value + static_cast<int>(kStep);
}

template <std::size_t... kSteps>
auto Adders(std::index_sequence<kSteps...>) {
  return std::array{&Add<kSteps>...};
}

}  // namespace

int main(int argc, char** argv) {
  const auto adders = Adders(std::make_index_sequence<16>());
  char buffer[64];
  std::memcpy(buffer, argv[0], std::strlen(argv[0]));
  const std::vector<char> copy(buffer, buffer + argc);
  const char middle = copy[static_cast<std::size_t>(argc) / 2];
  const int sum = adders[static_cast<std::size_t>(argc) % adders.size()](argc);
  return std::printf("%s %c %d\n", __FILE__, middle, sum) > 0 ? 0 : 1;
}
