#include "lib/kube/symbol.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

namespace k8sm::kube {
namespace {

// A hash table of pointers to entries with linear probing. The texts of a large cluster are not in the
// processor's cache, so what a look-up costs is the places in memory that it touches: here a slot and the
// entry, since a slot holds a part of the entry's hash beside its address. It never shrinks: a cluster that
// was large once is likely to become large again.
template <class Entry>
class Shard {
 public:
  std::size_t size() const { return size_; }

  // Returns the entry of this hash for which is_it(entry) holds; null if there is none.
  template <class IsIt>
  Entry* Find(std::uint32_t hash, IsIt is_it) const {
    for (std::size_t i = HomeOf(hash); slots_[i] != kFree; i = After(i)) {
      if ((slots_[i] & kTag) != TagOf(hash)) continue;
      Entry* const entry = EntryIn(slots_[i]);
      if (entry->hash == hash && is_it(*entry)) return entry;
    }
    return nullptr;
  }

  void Insert(Entry* entry) {
    if (++size_ > slots_.size() / 4 * 3) Grow();
    Place(entry);
  }

  // REQUIRES: the entry is in the table.
  void Erase(const Entry* entry) {
    std::size_t gap = HomeOf(entry->hash);
    while (EntryIn(slots_[gap]) != entry) gap = After(gap);
    // Fills the gap with an entry that may stand there, and then the gap that this leaves.
    for (std::size_t i = After(gap); slots_[i] != kFree; i = After(i)) {
      if (Distance(HomeOf(EntryIn(slots_[i])->hash), i) < Distance(gap, i)) continue;
      slots_[gap] = slots_[i];
      gap = i;
    }
    slots_[gap] = kFree;
    --size_;
  }

 private:
  using Slot = std::uintptr_t;  // the address of an entry, and its tag in the bits that are 0 in an address
  static constexpr Slot kFree = 0;
  static constexpr Slot kTag = __STDCPP_DEFAULT_NEW_ALIGNMENT__ - 1;
  static constexpr int kTagShift = 20;  // bits of a hash that are neither the shard's nor usually the place's

  static Slot TagOf(std::uint32_t hash) { return hash >> kTagShift & kTag; }
  static Entry* EntryIn(Slot slot) { return reinterpret_cast<Entry*>(slot & ~kTag); }
  std::size_t HomeOf(std::uint32_t hash) const { return hash & (slots_.size() - 1); }
  std::size_t After(std::size_t place) const { return (place + 1) & (slots_.size() - 1); }
  std::size_t Distance(std::size_t from, std::size_t to) const { return (to - from) & (slots_.size() - 1); }

  void Place(Entry* entry) {
    std::size_t i = HomeOf(entry->hash);
    while (slots_[i] != kFree) i = After(i);
    slots_[i] = reinterpret_cast<Slot>(entry) | TagOf(entry->hash);
  }

  void Grow() {
    const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(2 * slots_.size(), kFree));
    for (const Slot slot : before)
      if (slot != kFree) Place(EntryIn(slot));
  }

  std::vector<Slot> slots_ = std::vector<Slot>(8, kFree);  // their number is a power of two
  std::size_t size_ = 0;
};

}  // namespace

class Symbol::Table {
 public:
  // Never destroyed, because symbols of static lifetime may outlive any static table.
  static Table& Instance() {
    static Table* const table = new Table;
    return *table;
  }

  Entry* Take(std::string_view text) {
    const auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>()(text));
    Shard<Entry>& shard = ShardOf(hash);
    if (Entry* found = shard.Find(hash, [&](const Entry& entry) { return entry.text() == text; })) {
      ++found->references;
      return found;
    }
    auto* const entry = new (::operator new(sizeof(Entry) + text.size()))
        Entry{hash, 1, static_cast<std::uint32_t>(text.size())};
    text.copy(reinterpret_cast<char*>(entry + 1), text.size());
    shard.Insert(entry);
    return entry;
  }

  void Drop(Entry* gone) noexcept {
    ShardOf(gone->hash).Erase(gone);
    ::operator delete(gone);
  }

  std::size_t size() const {
    std::size_t size = 0;
    for (const auto& shard : shards_) size += shard.size();
    return size;
  }

 private:
  static constexpr int kShardBits = 6;

  Shard<Entry>& ShardOf(std::uint32_t hash) { return shards_[hash >> (32 - kShardBits)]; }

  // One table would hold the loop for tens of milliseconds whenever it grows.
  std::array<Shard<Entry>, std::size_t{1} << kShardBits> shards_;
};

Symbol::Entry* Symbol::Intern(std::string_view text) {
  return Table::Instance().Take(text);
}

void Symbol::Release(Entry* entry) noexcept {
  Table::Instance().Drop(entry);
}

std::size_t Symbol::InternedCount() {
  return Table::Instance().size();
}

}  // namespace k8sm::kube
