// Fuzzes the framing of a watch or list body by K8SM_FUZZED: the result must not depend on the size of the
// pieces.

#include "lib/kube_json/framer.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/list_meta.h"
#include "test/unit/kube_json/framing.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

namespace k8sm::fuzz {
namespace {

template <class Framer>
constexpr bool kIsList = std::is_same_v<Framer, kube_json::ListFramer>;

// Small enough for inputs to exceed it.
constexpr std::size_t kMaxObject = 2048;

template <class Framer>
Framer NewFramer() {
  if constexpr (kIsList<Framer>) {
    return Framer("PodList", kMaxObject);
  } else {
    return Framer(kMaxObject);
  }
}

template <class Framer>
bool IsAtEnd(const Framer& framer) {
  if constexpr (kIsList<Framer>) {
    return framer.done();
  } else {
    return !framer.mid_value();
  }
}

// No JSON value begins like this.
bool IsError(const std::string& frame) {
  return frame.starts_with("error: ");
}

// Error messages may differ, because they quote the data received so far.
bool IsSame(const std::string& a, const std::string& b) {
  return a == b || (IsError(a) && IsError(b));
}

void ExpectBounded(const std::vector<std::string>& frames) {
  for (const std::string& frame : frames) {
    const bool is_error = IsError(frame);
    Expect(frame.size() <= (is_error ? kLongestMessage : kMaxObject), "what comes out is bounded");
    if (is_error) Expect(frame.find_first_of("\n\r") == std::string::npos, "an error's message is one line");
  }
}

template <class Framer>
void TryFramer(std::string_view text, std::size_t piece) {
  auto at_once = NewFramer<Framer>();
  auto in_pieces = NewFramer<Framer>();
  const auto frames = kube_json::Frame(at_once, text);
  Expect(std::ranges::equal(frames, kube_json::Frame(in_pieces, text, piece, piece), IsSame),
         "pieces make no difference");
  Expect(at_once.broken() == in_pieces.broken(), "pieces break nothing");
  Expect(IsAtEnd(at_once) == IsAtEnd(in_pieces), "pieces make no difference to the end");
  ExpectBounded(frames);
  if constexpr (kIsList<Framer>) ExpectSameMeta(at_once, in_pieces);
}

}  // namespace

// The first byte selects the size of the pieces.
void Try(std::string_view text) {
  if (text.empty()) return;
  const std::size_t piece = 1 + static_cast<unsigned char>(text.front());
  TryFramer<kube_json::K8SM_FUZZED>(text.substr(1), piece);
}

}  // namespace k8sm::fuzz
