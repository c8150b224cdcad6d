// Interned strings.

#ifndef K8SM_LIB_KUBE_SYMBOL_H_
#define K8SM_LIB_KUBE_SYMBOL_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::kube {

class Symbol;

// HashOf hashes the pointer: fast, for tables of symbols, and stable only while a symbol of this text exists.
// TextHashOf hashes the text and is stable for the lifetime of the process.
std::size_t HashOf(const Symbol& symbol);
std::size_t TextHashOf(const Symbol& symbol);

// An immutable interned string of the size of a pointer. Label keys and values, names and addresses
// repeat in thousands of cached objects; each distinct text is stored once, reference-counted, and freed with
// its last symbol.
//
// == compares pointers, < compares texts. Copying does not allocate. Not thread-safe: symbols and the table
// must be used from one thread only.
class Symbol {
 public:
  // The empty string, which is not in the table.
  Symbol() = default;
  // Interns the text. Takes O(length).
  explicit Symbol(std::string_view text) : entry_(text.empty() ? nullptr : Intern(text)) {}

  Symbol(const Symbol& other) noexcept : entry_(other.entry_) {
    if (entry_ != nullptr) ++entry_->references;
  }
  Symbol(Symbol&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
  Symbol& operator=(Symbol other) noexcept {
    std::swap(entry_, other.entry_);
    return *this;
  }
  ~Symbol() {
    if (entry_ != nullptr && --entry_->references == 0) Release(entry_);
  }

  // The text; valid as long as a symbol of this text exists.
  std::string_view get() const { return entry_ != nullptr ? entry_->text() : std::string_view(); }
  operator std::string_view() const { return get(); }  // NOLINT(google-explicit-constructor)
  bool empty() const { return entry_ == nullptr; }

  friend bool operator==(const Symbol& a, const Symbol& b) { return a.entry_ == b.entry_; }
  friend bool operator==(const Symbol& a, std::string_view b) { return a.get() == b; }
  friend std::strong_ordering operator<=>(const Symbol& a, const Symbol& b) {
    if (a.entry_ == b.entry_) return std::strong_ordering::equal;
    return a.get().compare(b.get()) <=> 0;
  }
  // Concatenation, as of std::string.
  friend std::string operator+(std::string text, const Symbol& symbol) {
    return std::move(text.append(symbol.get()));
  }
  friend std::string operator+(const Symbol& symbol, std::string_view text) {
    return std::string(symbol.get()).append(text);
  }
  friend std::ostream& operator<<(std::ostream& out, const Symbol& symbol) { return out << symbol.get(); }

  friend std::size_t HashOf(const Symbol& symbol);
  friend std::size_t TextHashOf(const Symbol& symbol);

  // Number of distinct texts in the table.
  static std::size_t InternedCount();

 private:
  // Followed by the text.
  struct Entry {
    std::uint32_t hash = 0;
    std::uint32_t references = 0;
    std::uint32_t size = 0;  // of the text

    std::string_view text() const { return {reinterpret_cast<const char*>(this + 1), size}; }
  };
  class Table;

  static Entry* Intern(std::string_view text);
  static void Release(Entry* entry) noexcept;

  // Null: the empty string. ResourceVersion relies on it being all there is, and on its lowest bit being 0.
  Entry* entry_ = nullptr;
};

inline std::size_t HashOf(const Symbol& symbol) {
  return std::hash<const void*>()(symbol.entry_);
}

inline std::size_t TextHashOf(const Symbol& symbol) {
  return symbol.entry_ != nullptr ? symbol.entry_->hash : 0;
}

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_SYMBOL_H_
