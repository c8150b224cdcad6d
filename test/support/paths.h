// The directories of the tests' files. The paths are determined at run time, so that compiled tests do not
// depend on the location of the checkout.

#ifndef K8SM_TEST_SUPPORT_PATHS_H_
#define K8SM_TEST_SUPPORT_PATHS_H_

#include <filesystem>

namespace k8sm {

std::filesystem::path SourceDirectory();
std::filesystem::path BuildDirectory();
std::filesystem::path GoldenDirectory();

}  // namespace k8sm

#endif  // K8SM_TEST_SUPPORT_PATHS_H_
