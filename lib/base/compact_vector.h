// A vector of the size of a pointer whose copies share their memory.

#ifndef K8SM_LIB_BASE_COMPACT_VECTOR_H_
#define K8SM_LIB_BASE_COMPACT_VECTOR_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <new>
#include <utility>

namespace k8sm {

// For members of objects that are cached in large numbers, have few elements and are often equal: 8 bytes
// instead of the 24 of std::vector, no allocation while empty, and hardly any unused capacity, since it grows
// by half. A copy takes no memory and no time until it, or what it was made of, is accessed as non-const:
// then that one gets its own elements, elsewhere, and its older references and iterators are invalid. T must
// be copyable and nothrow movable. Not thread-safe, not even with copies.
template <class T>
class CompactVector {
 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  CompactVector() = default;
  CompactVector(std::initializer_list<T> items) : CompactVector(items.begin(), items.end()) {}
  template <class Iterator>
  CompactVector(Iterator first, Iterator last) {
    const auto size = static_cast<std::size_t>(std::distance(first, last));
    if (size == 0) return;
    block_ = Allocate(size);
    std::uninitialized_copy(first, last, begin());
    block_->size = block_->capacity;
  }
  CompactVector(const CompactVector& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) ++block_->references;
  }
  CompactVector(CompactVector&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  CompactVector& operator=(CompactVector other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~CompactVector() { clear(); }

  // Whether the elements are in the same memory, so that they are equal.
  bool SharesWith(const CompactVector& other) const { return block_ == other.block_; }

  bool empty() const { return size() == 0; }
  std::size_t size() const { return block_ != nullptr ? block_->size : 0; }

  iterator begin() {
    Own();
    return block_ != nullptr ? Items(block_) : nullptr;
  }
  iterator end() { return begin() + size(); }
  const_iterator begin() const { return block_ != nullptr ? Items(block_) : nullptr; }
  const_iterator end() const { return begin() + size(); }
  T& operator[](std::size_t index) { return begin()[index]; }
  const T& operator[](std::size_t index) const { return begin()[index]; }
  // REQUIRES: not empty.
  T& front() { return *begin(); }
  const T& front() const { return *begin(); }
  T& back() { return *(end() - 1); }
  const T& back() const { return *(end() - 1); }

  // Both invalidate all iterators. `item` must not refer to an element.
  void push_back(T item) { insert(end(), std::move(item)); }
  iterator insert(const_iterator before, T item) {
    const std::size_t at = IndexOf(before);
    Own();  // before the capacity counts, since a copy has no unused one
    if (block_ == nullptr || block_->size == block_->capacity) Grow();
    // Makes room by moving the last element into new memory and the others up.
    T* const place = begin() + at;
    if (place == end()) {
      std::construct_at(place, std::move(item));
    } else {
      std::construct_at(end(), std::move(back()));
      std::move_backward(place, end() - 1, end());
      *place = std::move(item);
    }
    ++block_->size;
    return place;
  }
  iterator erase(const_iterator item) {
    const std::size_t at = IndexOf(item);
    T* const place = begin() + at;
    std::move(place + 1, end(), place);
    std::destroy_at(end() - 1);
    --block_->size;
    return place;
  }
  void clear() {
    Block* const block = std::exchange(block_, nullptr);
    if (block == nullptr || --block->references > 0) return;
    std::destroy_n(Items(block), block->size);
    ::operator delete(block);
  }

  friend bool operator==(const CompactVector& a, const CompactVector& b) {
    return a.SharesWith(b) || std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  // Followed by the elements.
  struct alignas(8) Block {
    std::uint32_t references;  // vectors that have these elements
    std::uint32_t size;
    std::uint32_t capacity;
  };
  static_assert(alignof(T) <= alignof(Block));

  static Block* Allocate(std::size_t capacity) {
    void* const memory = ::operator new(sizeof(Block) + capacity * sizeof(T));
    return new (memory) Block{1, 0, static_cast<std::uint32_t>(capacity)};
  }
  static T* Items(Block* block) { return reinterpret_cast<T*>(block + 1); }

  std::size_t IndexOf(const_iterator item) const { return static_cast<std::size_t>(item - begin()); }

  // Copies the elements if they are shared.
  void Own() {
    if (block_ != nullptr && block_->references > 1)
      *this = CompactVector(Items(block_), Items(block_) + size());
  }

  void Grow() {
    Block* const grown = Allocate(size() + std::max<std::size_t>(1, size() / 2));
    std::uninitialized_move(begin(), end(), Items(grown));
    grown->size = static_cast<std::uint32_t>(size());
    clear();
    block_ = grown;
  }

  Block* block_ = nullptr;  // null: empty, and nothing allocated
};

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_COMPACT_VECTOR_H_
