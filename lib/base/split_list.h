// Lists in the values of flags.

#ifndef K8SM_LIB_BASE_SPLIT_LIST_H_
#define K8SM_LIB_BASE_SPLIT_LIST_H_

#include <string>
#include <string_view>
#include <vector>

namespace k8sm {

// Returns the entries of "a, b", without blanks around them and without empty ones.
std::vector<std::string> SplitList(std::string_view text);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_SPLIT_LIST_H_
