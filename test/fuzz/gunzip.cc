// Fuzzes decompression: the result must not depend on the size of the pieces.

#include "lib/client/message/gunzip.h"

#include "test/fuzz/fuzz.h"

#include <algorithm>
#include <string>

namespace k8sm::fuzz {
namespace {

// Limit for the output, to bound the time per input.
constexpr std::size_t kMaxText = 1 << 20;

struct Unpacked {
  std::string text;
  bool is_broken = false;
  bool is_cut = false;  // by kMaxText
};

Unpacked Unpack(std::string_view body, std::size_t piece) {
  client::Gunzip gunzip;
  Unpacked unpacked;
  while (!body.empty()) {
    gunzip.Feed(body.substr(0, piece));
    body.remove_prefix(std::min(piece, body.size()));
    while (true) {
      const auto text = gunzip.Next();
      ExpectFitForTheLog(text);
      unpacked.is_broken = text.has_error();
      if (text.has_error()) return unpacked;
      if (text->empty()) break;
      Expect(text->size() <= (32 << 10), "a piece of text is bounded");
      unpacked.text += *text;
      unpacked.is_cut = unpacked.text.size() > kMaxText;
      if (unpacked.is_cut) return unpacked;
    }
  }
  const auto end = gunzip.End();
  ExpectFitForTheLog(end);
  unpacked.is_broken = end.has_error();
  return unpacked;
}

}  // namespace

// The first byte selects the size of the pieces.
void Try(std::string_view text) {
  if (text.empty()) return;
  const std::size_t piece = 1 + static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  const Unpacked at_once = Unpack(text, text.size());
  const Unpacked in_pieces = Unpack(text, piece);
  Expect(at_once.is_broken == in_pieces.is_broken, "pieces break nothing");
  Expect(at_once.is_cut == in_pieces.is_cut, "pieces make nothing longer");
  const std::size_t common = std::min(at_once.text.size(), in_pieces.text.size());
  Expect(at_once.text.compare(0, common, in_pieces.text, 0, common) == 0, "pieces make no difference");
}

}  // namespace k8sm::fuzz
