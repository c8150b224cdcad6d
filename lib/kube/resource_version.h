// Resource versions of objects.

#ifndef K8SM_LIB_KUBE_RESOURCE_VERSION_H_
#define K8SM_LIB_KUBE_RESOURCE_VERSION_H_

#include "lib/kube/symbol.h"

#include <concepts>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace k8sm::kube {

// The version of an object (metadata.resourceVersion): a text. API servers make it a decimal number, which
// takes 8 bytes here and no allocation below 2^63; any other text is interned.
//
// Not thread-safe, like Symbol.
class ResourceVersion {
 public:
  // No version: the empty text.
  ResourceVersion() noexcept : text_() {}
  template <std::convertible_to<std::string_view> Text>
  ResourceVersion(const Text& text)  // NOLINT(google-explicit-constructor)
      : ResourceVersion(std::string_view(text), Parse()) {}
  ResourceVersion(const ResourceVersion& other) noexcept;
  ResourceVersion(ResourceVersion&& other) noexcept;
  ResourceVersion& operator=(ResourceVersion other) noexcept;
  ~ResourceVersion();

  // The text from which it was made.
  std::string Text() const;
  bool empty() const { return !IsNumber() && text_.empty(); }

  // Compare the texts.
  friend bool operator==(const ResourceVersion& a, const ResourceVersion& b);
  template <std::convertible_to<std::string_view> Text>
  friend bool operator==(const ResourceVersion& a, const Text& b) {
    return a == ResourceVersion(b);
  }

  // Whether `a` is newer than `b`, for objects of one kind on one server. Resource versions are decimal
  // integers of any length; comparing them is defined since Kubernetes 1.35 (KEP-5504) and worked before. If
  // either is anything else, returns true, so that the last received version wins.
  friend bool IsNewer(const ResourceVersion& a, const ResourceVersion& b);

  friend std::ostream& operator<<(std::ostream& out, const ResourceVersion& version) {
    return out << version.Text();
  }

 private:
  struct Parse {};
  ResourceVersion(std::string_view text, Parse);

  bool IsNumber() const;

  union {
    std::uint64_t number_;  // twice the number plus one: the lowest bit of a Symbol, an address, is 0
    Symbol text_;
  };
};

bool IsNewer(const ResourceVersion& a, const ResourceVersion& b);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_RESOURCE_VERSION_H_
