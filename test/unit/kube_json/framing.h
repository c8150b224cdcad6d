// What a framer returns for a text that arrives in pieces, in a form that tests can compare.

#ifndef K8SM_TEST_UNIT_KUBE_JSON_FRAMING_H_
#define K8SM_TEST_UNIT_KUBE_JSON_FRAMING_H_

#include "lib/kube_json/framer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::kube_json {

// Pushes `text` in pieces of `piece` bytes, the first one of `first` bytes. Returns the values' texts, or
// "error: " and the message.
template <class Framer>
std::vector<std::string> Frame(Framer& framer, std::string_view text, std::size_t first, std::size_t piece) {
  std::vector<std::string> frames;
  std::size_t size = first;
  do {
    framer.Push(text.substr(0, size));
    text.remove_prefix(std::min(size, text.size()));
    while (const auto next = framer.Next())
      frames.push_back(next->has_value() ? std::string(**next) : "error: " + next->error().message);
    size = piece;
  } while (!text.empty());
  return frames;
}

template <class Framer>
std::vector<std::string> Frame(Framer& framer, std::string_view text) {
  return Frame(framer, text, text.size(), text.size());
}

}  // namespace k8sm::kube_json

#endif  // K8SM_TEST_UNIT_KUBE_JSON_FRAMING_H_
