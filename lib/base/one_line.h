// What others wrote, fit for a line of the log.

#ifndef K8SM_LIB_BASE_ONE_LINE_H_
#define K8SM_LIB_BASE_ONE_LINE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace k8sm {

// The text, where it takes at most `max_bytes`, else its beginning and "...". Control characters and bytes
// that are not UTF-8 are escaped as in C: "\n", "\x1b". What is not is left as it is, backslashes too.
std::string OneLine(std::string_view text, std::size_t max_bytes);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_ONE_LINE_H_
