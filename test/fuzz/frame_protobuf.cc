// Fuzzes the framing of a watch or list body in protobuf by K8SM_FUZZED: the result must not depend on the
// size of the pieces.

#include "lib/kube_proto/framer.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/list_meta.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace k8sm::fuzz {
namespace {

using Framer = kube_proto::K8SM_FUZZED;

// Small enough for inputs to exceed it.
constexpr std::size_t kMaxObject = 2048;

// Templates, so that the branch for the other framer is not compiled.
template <class F>
F NewFramer() {
  if constexpr (std::is_same_v<F, kube_proto::ListFramer>) {
    return F("PodList", kMaxObject);
  } else {
    return F(kMaxObject);
  }
}

// An error is empty here: its message may quote the data received so far.
using Frames = std::vector<std::pair<bool, std::string>>;

Frames Take(Framer& framer, std::string_view text, std::size_t piece) {
  Frames frames;
  do {
    framer.Push(text.substr(0, piece));
    text.remove_prefix(std::min(piece, text.size()));
    while (const auto next = framer.Next()) {
      ExpectFitForTheLog(*next);
      if (*next) Expect((*next)->size() <= kMaxObject, "what comes out is bounded");
      frames.emplace_back(next->has_value(), *next ? std::string(**next) : "");
    }
  } while (!text.empty());
  return frames;
}

template <class F>
void ExpectSameEnd(const F& a, const F& b) {
  Expect(a.broken() == b.broken(), "pieces break nothing");
  if constexpr (std::is_same_v<F, kube_proto::ListFramer>) {
    ExpectSameMeta(a, b);
  } else {
    Expect(a.mid_value() == b.mid_value(), "pieces make no difference to the end");
  }
}

}  // namespace

// The first byte selects the size of the pieces.
void Try(std::string_view text) {
  if (text.empty()) return;
  const std::size_t piece = 1 + static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  Framer at_once = NewFramer<Framer>();
  Framer in_pieces = NewFramer<Framer>();
  Expect(Take(at_once, text, text.size() + 1) == Take(in_pieces, text, piece), "pieces make no difference");
  ExpectSameEnd(at_once, in_pieces);
}

}  // namespace k8sm::fuzz
