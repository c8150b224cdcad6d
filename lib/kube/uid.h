// UIDs of objects.

#ifndef K8SM_LIB_KUBE_UID_H_
#define K8SM_LIB_KUBE_UID_H_

#include "lib/kube/symbol.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace k8sm::kube {

// The UID of an object (metadata.uid): an opaque text that differs between any two objects. API servers make
// it a UUID, "04d1c5ae-2b0f-4b0c-9f6f-0d6a2c4b7a11", which takes 16 bytes here and no allocation; any other
// text is interned.
//
// Not thread-safe, like Symbol.
class Uid {
 public:
  // No UID: the empty text.
  Uid() noexcept : text_() {}
  explicit Uid(std::string_view text);
  Uid(const Uid& other) noexcept;
  Uid(Uid&& other) noexcept;
  Uid& operator=(Uid other) noexcept;
  ~Uid();

  // The text from which it was made.
  std::string Text() const;
  bool empty() const { return !IsUuid() && text_.empty(); }

  // Compare the texts.
  friend bool operator==(const Uid& a, const Uid& b);
  friend std::strong_ordering operator<=>(const Uid& a, const Uid& b);
  // Hashes the text; stable for the lifetime of the process.
  friend std::size_t HashOf(const Uid& uid);
  friend std::ostream& operator<<(std::ostream& out, const Uid& uid) { return out << uid.Text(); }

 private:
  // A UUID whose version is 0 would look like a text here, and is kept as one.
  static constexpr std::uint64_t kVersion = 0xF000;

  bool IsUuid() const { return (high_ & kVersion) != 0; }

  std::uint64_t high_ = 0;  // the first 8 bytes of a UUID; 0 for any other text
  union {
    std::uint64_t low_;  // the last 8 bytes of a UUID
    Symbol text_;
  };
};

struct UidHash {
  std::size_t operator()(const Uid& uid) const { return HashOf(uid); }
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_UID_H_
