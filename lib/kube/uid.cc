#include "lib/kube/uid.h"

#include <array>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

namespace k8sm::kube {
namespace {

// 8-4-4-4-12 digits (RFC 9562, section 4).
constexpr std::size_t kLength = 36;
constexpr std::size_t kBytes = 16;

// Whether a hyphen follows the digits of this byte.
constexpr bool EndsGroup(std::size_t byte) {
  return byte == 3 || byte == 5 || byte == 7 || byte == 9;
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
  bool valid = true;
  const char* digit = text.data();
  for (std::size_t byte = 0; byte < kBytes; ++byte) {
    const std::uint8_t first = kDigits[static_cast<unsigned char>(*digit++)];
    const std::uint8_t second = kDigits[static_cast<unsigned char>(*digit++)];
    valid = valid && (first | second) <= 0xF;
    std::uint64_t& half = byte < kBytes / 2 ? high : low;
    half = half << 8 | std::uint64_t(first) << 4 | second;
    if (EndsGroup(byte)) valid = valid && *digit++ == '-';
  }
  if (!valid) return std::nullopt;
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
  constexpr const char* kHex = "0123456789abcdef";
  char* digit = text.data();
  for (std::size_t byte = 0; byte < kBytes; ++byte) {
    const std::uint64_t half = byte < kBytes / 2 ? high_ : low_;
    const std::uint64_t value = half >> (56 - 8 * (byte % 8)) & 0xFF;
    *digit++ = kHex[value >> 4];
    *digit++ = kHex[value & 0xF];
    if (EndsGroup(byte)) ++digit;
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
