#include "lib/kube/symbol.h"

#include <boost/unordered/unordered_flat_set.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

namespace k8sm::kube {

// It never shrinks: a cluster that was large once is likely to become large again.
class Symbol::Table {
 public:
  // Never destroyed, because symbols of static lifetime may outlive any static table.
  static Table& Instance() {
    static Table* const table = new Table;
    return *table;
  }

  Entry* Take(std::string_view text) {
    const auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>()(text));
    Shard& shard = ShardOf(hash);
    const auto found = shard.find(Wanted{text, hash});
    if (found != shard.end()) {
      ++(*found)->references;
      return *found;
    }
    auto* const entry = new (::operator new(sizeof(Entry) + text.size()))
        Entry{hash, 1, static_cast<std::uint32_t>(text.size())};
    text.copy(reinterpret_cast<char*>(entry + 1), text.size());
    shard.insert(entry);
    return entry;
  }

  void Drop(Entry* gone) noexcept {
    ShardOf(gone->hash).erase(gone);
    ::operator delete(gone);
  }

  std::size_t size() const {
    std::size_t size = 0;
    for (const Shard& shard : shards_) size += shard.size();
    return size;
  }

 private:
  struct Wanted {
    std::string_view text;
    std::uint32_t hash;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Entry* entry) const { return entry->hash; }
    std::size_t operator()(const Wanted& wanted) const { return wanted.hash; }
  };
  // Distinct entries have distinct texts.
  struct Equal {
    using is_transparent = void;
    bool operator()(const Entry* a, const Entry* b) const { return a == b; }
    bool operator()(const Wanted& a, const Entry* b) const { return a.hash == b->hash && a.text == b->text(); }
    bool operator()(const Entry* a, const Wanted& b) const { return (*this)(b, a); }
  };

  using Shard = boost::unordered_flat_set<Entry*, Hash, Equal>;

  static constexpr int kShardBits = 6;

  Shard& ShardOf(std::uint32_t hash) { return shards_[hash >> (32 - kShardBits)]; }

  // One table would hold the loop for tens of milliseconds whenever it grows.
  std::array<Shard, std::size_t{1} << kShardBits> shards_;
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
