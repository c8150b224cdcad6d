#include "lib/kube/uid.h"

#include <array>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

namespace k8sm::kube {
namespace {

// 8-4-4-4-12 (RFC 9562, section 4).
constexpr std::size_t kLength = 36;

constexpr bool IsHyphen(std::size_t at) {
  return at == 8 || at == 13 || at == 18 || at == 23;
}

// The value of each lower-case hexadecimal digit; 0xFF for any other character.
constexpr std::array<std::uint8_t, 256> kDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(0xFF);
  for (std::uint8_t i = 0; i < 10; ++i) digits[static_cast<std::size_t>('0') + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i)
    digits[static_cast<std::size_t>('a') + i] = static_cast<std::uint8_t>(10 + i);
  return digits;
}();

// Returns the 16 bytes of a UUID; nullopt if the text is not the one that those bytes are written as.
std::optional<std::pair<std::uint64_t, std::uint64_t>> Parse(std::string_view text) {
  if (text.size() != kLength) return std::nullopt;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (std::size_t i = 0; i < kLength; ++i) {
    if (IsHyphen(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const std::uint8_t digit = kDigits[static_cast<unsigned char>(text[i])];
    if (digit == 0xFF) return std::nullopt;
    std::uint64_t& half = i < 18 ? high : low;
    half = half << 4 | digit;
  }
  return std::pair(high, low);
}

}  // namespace

Uid::Uid(std::string_view text) : Uid() {
  const auto uuid = Parse(text);
  if (uuid && (uuid->first & kVersion) != 0) {
    high_ = uuid->first;
    low_ = uuid->second;
  } else {
    text_ = Symbol(text);
  }
}

Uid::Uid(const Uid& other) noexcept : high_(other.high_) {
  if (other.IsUuid()) {
    low_ = other.low_;
  } else {
    std::construct_at(&text_, other.text_);
  }
}

Uid::Uid(Uid&& other) noexcept : high_(other.high_) {
  if (other.IsUuid()) {
    low_ = other.low_;
  } else {
    std::construct_at(&text_, std::move(other.text_));
  }
}

Uid& Uid::operator=(Uid other) noexcept {
  std::destroy_at(this);
  return *std::construct_at(this, std::move(other));
}

Uid::~Uid() {
  if (!IsUuid()) std::destroy_at(&text_);
}

std::string Uid::Text() const {
  if (!IsUuid()) return std::string(text_.get());
  std::string text(kLength, '-');
  int shift = 128;
  for (std::size_t i = 0; i < kLength; ++i) {
    if (IsHyphen(i)) continue;
    shift -= 4;
    const std::uint64_t half = shift >= 64 ? high_ >> (shift - 64) : low_ >> shift;
    text[i] = "0123456789abcdef"[half & 0xF];
  }
  return text;
}

bool operator==(const Uid& a, const Uid& b) {
  if (a.high_ != b.high_) return false;
  return a.IsUuid() ? a.low_ == b.low_ : a.text_ == b.text_;
}

std::strong_ordering operator<=>(const Uid& a, const Uid& b) {
  // The hyphens of two UUIDs stand at the same places, so their bytes are in the order of their texts.
  if (a.IsUuid() && b.IsUuid()) return std::tie(a.high_, a.low_) <=> std::tie(b.high_, b.low_);
  return a.Text().compare(b.Text()) <=> 0;
}

std::size_t HashOf(const Uid& uid) {
  return uid.IsUuid() ? uid.high_ ^ uid.low_ : TextHashOf(uid.text_);
}

}  // namespace k8sm::kube
