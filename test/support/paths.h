// Where the tests' files are in this checkout. Functions, so that a compiled test does not depend on the
// checkout's place.

#ifndef K8SM_TEST_SUPPORT_PATHS_H_
#define K8SM_TEST_SUPPORT_PATHS_H_

#include <filesystem>

namespace k8sm {

std::filesystem::path SourceDirectory();
std::filesystem::path BuildDirectory();
std::filesystem::path GoldenDirectory();

}  // namespace k8sm

#endif  // K8SM_TEST_SUPPORT_PATHS_H_
