// A view of a list of shared objects as a list of objects.

#ifndef K8SM_LIB_PORTS_SHARED_LIST_H_
#define K8SM_LIB_PORTS_SHARED_LIST_H_

#include <cstddef>
#include <iterator>
#include <memory>
#include <vector>

namespace k8sm::ports {

// Refers to the list, which must outlive it and must not change. (std::views::transform would do, but
// Debian 12's clang-tidy, of Clang 14, does not understand it.)
template <class T>
class SharedList {
 public:
  class Iterator {
   public:
    using value_type = T;
    using reference = const T&;
    using pointer = const T*;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;

    Iterator() = default;
    explicit Iterator(const std::shared_ptr<const T>* at) : at_(at) {}
    const T& operator*() const { return **at_; }
    const T* operator->() const { return at_->get(); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(at_++); }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const std::shared_ptr<const T>* at_ = nullptr;
  };

  explicit SharedList(const std::vector<std::shared_ptr<const T>>& list) : list_(&list) {}

  std::size_t size() const { return list_->size(); }
  bool empty() const { return list_->empty(); }
  const T& operator[](std::size_t index) const { return *(*list_)[index]; }
  Iterator begin() const { return Iterator(list_->data()); }
  Iterator end() const { return Iterator(list_->data() + list_->size()); }

 private:
  const std::vector<std::shared_ptr<const T>>* list_;
};

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_SHARED_LIST_H_
