#include "lib/kube/symbol.h"

#include <vector>

namespace k8sm::kube {

// A hash table with chaining. The number of buckets is a power of two and doubles when there are more entries
// than buckets. It never shrinks: a cluster that was large once is likely to become large again.
class Symbol::Table {
 public:
  // Never destroyed, because symbols of static lifetime may outlive any static table.
  static Table& Instance() {
    static Table* const table = new Table;
    return *table;
  }

  Entry* Take(std::string_view text) {
    const std::size_t hash = std::hash<std::string_view>()(text);
    for (Entry* entry = BucketOf(hash); entry != nullptr; entry = entry->next) {
      if (entry->hash != hash || entry->text != text) continue;
      ++entry->references;
      return entry;
    }
    if (size_ == buckets_.size()) Grow();
    Entry*& bucket = BucketOf(hash);
    bucket = new Entry{std::string(text), hash, 1, bucket};
    ++size_;
    return bucket;
  }

  void Drop(Entry* gone) noexcept {
    Entry** link = &BucketOf(gone->hash);
    while (*link != gone) link = &(*link)->next;
    *link = gone->next;
    delete gone;
    --size_;
  }

  std::size_t size() const { return size_; }

 private:
  Entry*& BucketOf(std::size_t hash) { return buckets_[hash & (buckets_.size() - 1)]; }

  void Grow() {
    std::vector<Entry*> old(buckets_.size() * 2);
    old.swap(buckets_);
    for (Entry* entry : old) {
      while (entry != nullptr) {
        Entry*& bucket = BucketOf(entry->hash);
        Entry* const next = std::exchange(entry->next, bucket);
        bucket = std::exchange(entry, next);
      }
    }
  }

  std::vector<Entry*> buckets_ = std::vector<Entry*>(1024);
  std::size_t size_ = 0;
};

Symbol::Entry* Symbol::Intern(std::string_view text) {
  return Table::Instance().Take(text);
}

void Symbol::Release(Entry* entry) noexcept {
  Table::Instance().Drop(entry);
}

const std::string& Symbol::EmptyText() {
  static const std::string* const empty = new std::string;
  return *empty;
}

std::size_t Symbol::InternedCount() {
  return Table::Instance().size();
}

}  // namespace k8sm::kube
