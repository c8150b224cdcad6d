// The directories of the tests' files. Functions, so that only paths.cc is compiled with the location of the
// checkout and ccache can share all other objects.

#ifndef K8SM_TEST_SUPPORT_PATHS_H_
#define K8SM_TEST_SUPPORT_PATHS_H_

#include <filesystem>

namespace k8sm {

std::filesystem::path SourceDirectory();
std::filesystem::path BuildDirectory();
std::filesystem::path GoldenDirectory();

}  // namespace k8sm

#endif  // K8SM_TEST_SUPPORT_PATHS_H_
