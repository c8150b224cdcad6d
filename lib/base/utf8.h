// UTF-8 of input.

#ifndef K8SM_LIB_BASE_UTF8_H_
#define K8SM_LIB_BASE_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace k8sm {

// Returns the size in bytes of the first character of `text`; 0 if `text` is empty or does not begin with a
// valid character.
std::size_t CharacterSize(std::string_view text);

// Returns the length in bytes of the longest prefix of `text` that is valid UTF-8; text.size() if all of it
// is.
std::size_t Utf8Prefix(std::string_view text);

// Returns the text with U+FFFD for each byte that is not part of a valid character, as Go's encoding/json.
std::string ToUtf8(std::string_view text);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_UTF8_H_
