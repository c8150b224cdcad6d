// Whether two label values resemble each other so that one may be a mistyped form of the other.

#ifndef K8SM_LIB_INFORMER_RESEMBLANCE_H_
#define K8SM_LIB_INFORMER_RESEMBLANCE_H_

#include <cstddef>
#include <string_view>

namespace k8sm::informer {

// Words that are shorter are rather other words ("blue", "blau") than mistyped.
inline constexpr std::size_t kMinResemblingWord = 8;

// Whether the texts are equal, or would be without their digits: "web-1" and "web-22". Takes O(size).
bool DifferInDigitsAlone(std::string_view a, std::string_view b);

// Whether the values are equal but for one word, which two edits change into the other: a character too many,
// too few or wrong, or two neighbours that are swapped. Words are separated by "-", "_" or "."; both have at
// least kMinResemblingWord characters. False if the values differ in digits alone. Takes O(size).
bool Resemble(std::string_view a, std::string_view b);

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_RESEMBLANCE_H_
