// Sanitises text from outside (names, annotations, server messages, files) for one line of a log.
//
// Characters that could break or forge a line are replaced by JSON escapes: control characters, line and
// paragraph separators, invisible characters and characters that change the writing direction ("\n",
// "\u001b", "\u202e"). A byte that is not valid UTF-8 becomes "\ufffd". Printable text is returned unchanged.
// The result never exceeds `max_bytes`; a truncated result ends in "...".

#ifndef K8SM_LIB_BASE_PRINTABLE_H_
#define K8SM_LIB_BASE_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace k8sm {

// Default limit in bytes; enough for every name that the API server allows (253 bytes).
inline constexpr std::size_t kMaxPrintable = 300;

// Returns `text` with unprintable characters escaped, truncated to `max_bytes`.
std::string Printable(std::string_view text, std::size_t max_bytes = kMaxPrintable);

// Like Printable(), but enclosed in double quotes and with '"' and '\' escaped: a JSON string. `max_bytes`
// does not count the quotes; std::string::npos means no limit.
std::string Quoted(std::string_view text, std::size_t max_bytes = kMaxPrintable);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_PRINTABLE_H_
