#include "test/support/paths.h"

namespace k8sm {

std::filesystem::path SourceDirectory() {
  return K8SM_SOURCE_DIR;
}

std::filesystem::path BuildDirectory() {
  return K8SM_BUILD_DIR;
}

std::filesystem::path GoldenDirectory() {
  return SourceDirectory() / "test" / "golden";
}

}  // namespace k8sm
