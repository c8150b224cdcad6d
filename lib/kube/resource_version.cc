#include "lib/kube/resource_version.h"

#include <charconv>
#include <cstring>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

namespace k8sm::kube {
namespace {

static_assert(sizeof(Symbol) == sizeof(std::uint64_t));

// As defined by KEP-5504: digits without a leading zero. "" and "0" are not versions of a stored object.
bool IsComparable(std::string_view version) {
  return !version.empty() && version.front() != '0' &&
         version.find_first_not_of("0123456789") == std::string_view::npos;
}

bool IsNewerText(std::string_view a, std::string_view b) {
  if (!IsComparable(a) || !IsComparable(b)) return true;
  return a.size() != b.size() ? a.size() > b.size() : a > b;
}

}  // namespace

ResourceVersion::ResourceVersion(std::string_view text, Parse) : text_() {
  if (!IsComparable(text)) {
    text_ = Symbol(text);
    return;
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && number <= std::numeric_limits<std::uint64_t>::max() / 2) {
    std::destroy_at(&text_);
    number_ = 2 * number + 1;
  } else {
    text_ = Symbol(text);
  }
}

ResourceVersion::ResourceVersion(const ResourceVersion& other) noexcept {
  if (other.IsNumber()) {
    number_ = other.number_;
  } else {
    std::construct_at(&text_, other.text_);
  }
}

ResourceVersion::ResourceVersion(ResourceVersion&& other) noexcept {
  if (other.IsNumber()) {
    number_ = other.number_;
  } else {
    std::construct_at(&text_, std::move(other.text_));
  }
}

ResourceVersion& ResourceVersion::operator=(ResourceVersion other) noexcept {
  std::destroy_at(this);
  return *std::construct_at(this, std::move(other));
}

ResourceVersion::~ResourceVersion() {
  if (!IsNumber()) std::destroy_at(&text_);
}

// Looks at the bytes of whichever member there is.
bool ResourceVersion::IsNumber() const {
  std::uint64_t bits = 0;
  std::memcpy(&bits, static_cast<const void*>(this), sizeof bits);
  return (bits & 1) != 0;
}

std::string ResourceVersion::Text() const {
  return IsNumber() ? std::to_string(number_ / 2) : std::string(text_.get());
}

bool operator==(const ResourceVersion& a, const ResourceVersion& b) {
  if (a.IsNumber() != b.IsNumber()) return false;
  return a.IsNumber() ? a.number_ == b.number_ : a.text_ == b.text_;
}

bool IsNewer(const ResourceVersion& a, const ResourceVersion& b) {
  if (a.IsNumber() && b.IsNumber()) return a.number_ > b.number_;
  return IsNewerText(a.Text(), b.Text());
}

}  // namespace k8sm::kube
