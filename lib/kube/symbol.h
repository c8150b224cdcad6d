// A string that the process holds once, however many objects carry it.

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

// Differs between symbols of different texts as a rule. Of the first kind is the hash for tables of symbols:
// it is quick, and that of a text only as long as a symbol of it exists. The second is that of the text in
// this process.
std::size_t HashOf(const Symbol& symbol);
std::size_t TextHashOf(const Symbol& symbol);

// An immutable, interned string of the size of a pointer. Label keys and values, names, addresses and uids
// repeat in thousands of cached objects: each distinct text is held once and freed with its last symbol.
//
// == compares pointers, < compares text. A copy costs no allocation. Not thread-safe: neither symbols nor the
// table behind them may be used from two threads.
class Symbol {
 public:
  // The empty text, which takes no place in the table.
  Symbol() = default;
  // Looks the text up, and adds it where it is new: O(its length).
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

  // Valid as long as a symbol of this text exists; that of the empty text, always.
  const std::string& get() const { return entry_ != nullptr ? entry_->text : EmptyText(); }
  operator const std::string&() const { return get(); }  // NOLINT(google-explicit-constructor)
  bool empty() const { return entry_ == nullptr; }

  friend bool operator==(const Symbol& a, const Symbol& b) { return a.entry_ == b.entry_; }
  friend std::strong_ordering operator<=>(const Symbol& a, const Symbol& b) {
    if (a.entry_ == b.entry_) return std::strong_ordering::equal;
    return a.get().compare(b.get()) <=> 0;
  }
  friend std::ostream& operator<<(std::ostream& out, const Symbol& symbol) { return out << symbol.get(); }

  friend std::size_t HashOf(const Symbol& symbol);
  friend std::size_t TextHashOf(const Symbol& symbol);

  // How many distinct texts are held.
  static std::size_t InternedCount();

 private:
  struct Entry {
    std::string text;
    std::size_t hash = 0;
    std::size_t references = 0;
    Entry* next = nullptr;  // in the same bucket of the table
  };
  class Table;

  static Entry* Intern(std::string_view text);
  static void Release(Entry* entry) noexcept;
  static const std::string& EmptyText();

  Entry* entry_ = nullptr;  // null: the empty text
};

inline std::size_t HashOf(const Symbol& symbol) {
  return std::hash<const void*>()(symbol.entry_);
}

inline std::size_t TextHashOf(const Symbol& symbol) {
  return symbol.entry_ != nullptr ? symbol.entry_->hash : 0;
}

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_SYMBOL_H_
