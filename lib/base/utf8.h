// UTF-8, as far as input has to be checked for it.

#ifndef K8SM_LIB_BASE_UTF8_H_
#define K8SM_LIB_BASE_UTF8_H_

#include <cstddef>
#include <string_view>

namespace k8sm {

// How many bytes the first character of `text` takes; 0 where it begins with none (or is empty).
std::size_t CharacterSize(std::string_view text);

// How many bytes of `text` are whole characters, up to the first that is not: text.size() where all is UTF-8.
std::size_t Utf8Prefix(std::string_view text);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_UTF8_H_
