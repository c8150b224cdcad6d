// Whether two label values resemble each other so that one may be a mistyped form of the other.

#ifndef K8SM_LIB_INFORMER_RESEMBLANCE_H_
#define K8SM_LIB_INFORMER_RESEMBLANCE_H_

#include <cstddef>
#include <string_view>

namespace k8sm::informer {

// Words that are shorter are rather other words ("blue", "blau") than mistyped.
inline constexpr std::size_t kMinResemblingWord = 8;

// What the difference between two keys or values is likely to be.
enum class EditKind {
  kTypo,  // a letter too many, too few or wrong in a word of kMinTypoWord letters, or two swapped in one of
          // kMinSwappedWord; the same of a separator
  kSimilar,  // the same in a word of kMinSwappedWord letters, or a plural: may also be another name
  kOther,    // another name: digits ("v1", "v2"), words of one or two letters ("a", "b")
};
inline constexpr std::size_t kMinTypoWord = 5;
inline constexpr std::size_t kMinSwappedWord = 3;

// Judges two texts that differ by one edit; kOther if they are equal. The letters of the longer of the two
// words that differ count. Words are separated by "-", "_", "." or "/". Takes O(size).
EditKind JudgeEdit(std::string_view a, std::string_view b);

// Whether the texts are equal, or would be without their digits: "web-1" and "web-22". Takes O(size).
bool DifferInDigitsAlone(std::string_view a, std::string_view b);

// Whether the values are equal but for one word, which two edits change into the other: a character too many,
// too few or wrong, or two neighbours that are swapped. Words are separated by "-", "_", "." or "/"; both
// have at least kMinResemblingWord characters. False if the values differ in digits alone. Takes O(size).
bool Resemble(std::string_view a, std::string_view b);

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_RESEMBLANCE_H_
