#include "lib/base/count.h"

namespace k8sm {

std::string Count(std::uint64_t n, std::string_view noun) {
  std::string text = std::to_string(n) + " ";
  text += noun;
  if (n != 1) text += "s";
  return text;
}

}  // namespace k8sm
