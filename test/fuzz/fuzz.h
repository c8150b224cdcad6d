// Common parts of the fuzz targets: the input and the assertions on the result.

#ifndef K8SM_TEST_FUZZ_FUZZ_H_
#define K8SM_TEST_FUZZ_FUZZ_H_

#include "lib/base/error.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace k8sm::fuzz {

// Limit for error messages, well above what they need and well below the size of an input.
inline constexpr std::size_t kLongestMessage = 4096;

// Processes one input. Defined by each target.
void Try(std::string_view text);

// Removes the first line from the input and returns it without its line end.
inline std::string TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// Aborts if `holds` is false; libFuzzer then saves the input.
inline void Expect(bool holds, std::string_view what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << "\n";
  std::abort();
}

// An error is logged, so its message must be a non-empty single line of bounded length, whatever the input.
inline void ExpectFitForTheLog(const Error& error) {
  Expect(!error.message.empty(), "an error says why");
  Expect(error.message.size() <= kLongestMessage, "an error's message is bounded");
  Expect(error.message.find_first_of("\n\r") == std::string::npos, "an error's message is one line");
}

template <class T>
void ExpectFitForTheLog(const Result<T>& result) {
  if (result.has_error()) ExpectFitForTheLog(result.error());
}

}  // namespace k8sm::fuzz

#endif  // K8SM_TEST_FUZZ_FUZZ_H_
