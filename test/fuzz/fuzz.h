// What every fuzz target has in common: an input, and what has to hold of whatever is made of it.

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

// Far above what an error has to say, and far below what an input may hold.
inline constexpr std::size_t kLongestMessage = 4096;

// What a target does with one input; each target has its own.
void Try(std::string_view text);

// The input's first line, without its end, which is taken off the input.
inline std::string TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// Ends the run as a crash, which libFuzzer keeps the input of.
inline void Expect(bool holds, std::string_view what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << "\n";
  std::abort();
}

// An error is told in the log: something, on one line, however long the input.
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
