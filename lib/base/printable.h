// Text from outside (names, annotations, messages of servers, files), made fit for one line of a log.
//
// Characters that could break or forge a line are written as JSON escapes: control characters, line and
// paragraph separators, characters that are invisible or change the direction of writing ("\n", "\u001b",
// "\u202e"). A byte that is not UTF-8 becomes "\ufffd". All else stays as it is, so text that is printable
// already comes back unchanged. The result never exceeds `max_bytes`: where it would, it ends in "...".

#ifndef K8SM_LIB_BASE_PRINTABLE_H_
#define K8SM_LIB_BASE_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace k8sm {

// Enough for every name that the API server allows (253 bytes).
inline constexpr std::size_t kMaxPrintable = 300;

std::string Printable(std::string_view text, std::size_t max_bytes = kMaxPrintable);

// The same in double quotes, '"' and '\' escaped too: a JSON string. `max_bytes` does not count the quotes;
// std::string::npos: no limit.
std::string Quoted(std::string_view text, std::size_t max_bytes = kMaxPrintable);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_PRINTABLE_H_
