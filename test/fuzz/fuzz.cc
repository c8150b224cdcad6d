#include "test/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  k8sm::fuzz::Try({reinterpret_cast<const char*>(data), size});
  return 0;
}
