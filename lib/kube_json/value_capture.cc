#include "lib/kube_json/value_capture.h"

#include "lib/base/printable.h"

#include <algorithm>
#include <array>

namespace k8sm::kube_json {
namespace {

// Long enough to include the name and namespace of a Kubernetes object.
constexpr std::size_t kBeginningBytes = 300;

// Meaning of a byte outside of strings.
enum class ByteClass : unsigned char { kOther, kQuote, kOpen, kClose, kDelimiter };

constexpr std::array<ByteClass, 256> kByteClass = [] {
  std::array<ByteClass, 256> classes{};
  classes['"'] = ByteClass::kQuote;
  classes['{'] = classes['['] = ByteClass::kOpen;
  classes['}'] = classes[']'] = ByteClass::kClose;
  classes[','] = classes[':'] = ByteClass::kDelimiter;
  classes[' '] = classes['\t'] = classes['\n'] = classes['\r'] = ByteClass::kDelimiter;
  return classes;
}();

ByteClass ClassOf(char byte) {
  return kByteClass[static_cast<unsigned char>(byte)];
}

}  // namespace

bool CanBeginValue(char byte) {
  constexpr std::string_view kBegins = "{[\"-0123456789tfn";
  return kBegins.find(byte) != std::string_view::npos;
}

std::size_t ValueScanner::Scan(std::string_view bytes) {
  std::size_t pos = 0;
  while (pos < bytes.size() && !complete_) {
    switch (state_) {
      case State::kBegin:
        state_ = ClassOf(bytes[pos]) == ByteClass::kOther ? State::kScalar : State::kOutside;
        break;
      case State::kOutside:
        pos = ScanOutside(bytes, pos);
        break;
      case State::kString:
        pos = ScanString(bytes, pos);
        break;
      case State::kEscape:
        state_ = State::kString;
        ++pos;
        break;
      case State::kScalar:
        while (pos < bytes.size() && ClassOf(bytes[pos]) == ByteClass::kOther) ++pos;
        complete_ = pos < bytes.size();
        break;
    }
  }
  return pos;
}

std::size_t ValueScanner::ScanOutside(std::string_view bytes, std::size_t pos) {
  for (; pos < bytes.size(); ++pos) {
    switch (ClassOf(bytes[pos])) {
      case ByteClass::kQuote:
        state_ = State::kString;
        return pos + 1;
      case ByteClass::kOpen:
        deepest_ = std::max(deepest_, ++depth_);
        break;
      case ByteClass::kClose:
        complete_ = --depth_ == 0;
        if (complete_) return pos + 1;
        break;
      case ByteClass::kDelimiter:
      case ByteClass::kOther:
        break;
    }
  }
  return pos;
}

std::size_t ValueScanner::ScanString(std::string_view bytes, std::size_t pos) {
  // memchr for the quote is several times faster than examining each byte.
  const std::size_t quote = bytes.find('"', pos);
  const std::string_view before = bytes.substr(pos, quote - pos);
  const std::size_t text_end = before.find_last_not_of('\\') + 1;  // npos + 1 is 0
  const bool escape = (before.size() - text_end) % 2 == 1;
  if (quote == std::string_view::npos) {
    if (escape) state_ = State::kEscape;
    return bytes.size();
  }
  if (escape) return quote + 1;
  state_ = State::kOutside;
  complete_ = depth_ == 0;
  return quote + 1;
}

std::optional<Result<std::string_view>> ValueCapture::Take(std::string_view& bytes) {
  if (!started_) {
    scanner_ = {};
    size_ = 0;
    text_.clear();
    started_ = true;
  }
  const std::string_view piece = bytes.substr(0, scanner_.Scan(bytes));
  bytes.remove_prefix(piece.size());
  const bool in_one_piece = size_ == 0 && scanner_.complete();
  size_ += piece.size();
  started_ = !scanner_.complete();

  if (size_ > max_bytes_ || scanner_.deepest() > kMaxDepth) {
    text_.append(piece.substr(0, kBeginningBytes));
    text_.resize(std::min(text_.size(), kBeginningBytes));
    text_.shrink_to_fit();
    if (started_) return std::nullopt;
    return Dropped();
  }
  if (in_one_piece) return piece;
  text_.append(piece);
  if (started_) return std::nullopt;
  return text_;
}

Error ValueCapture::Dropped() const {
  const std::string limit = size_ > max_bytes_ ? "of more than " + std::to_string(max_bytes_) + " bytes"
                                               : "of more than " + std::to_string(kMaxDepth) + " levels";
  return {.code = Errc::kMalformed,
          .message = "a value " + limit + " was dropped; it begins " + Printable(text_, kBeginningBytes)};
}

}  // namespace k8sm::kube_json
