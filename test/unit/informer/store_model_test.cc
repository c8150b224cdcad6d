// The store in long random histories of a server, its watch, its lists and our own writes: in whatever order
// these arrive, the store converges to the server's state, and its listener to the store's. On the way it
// never falls behind the answers to our own requests, and drops no object that the server still has.

#include "lib/informer/store.h"
#include "test/support/catch.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace k8sm::informer {
namespace {

using kube::ObjectKey;
using kube::Symbol;
using kube::Uid;

struct Item {
  kube::ObjectMeta meta;
};

struct Version {
  std::string uid;
  std::uint64_t number = 0;
  friend bool operator==(const Version&, const Version&) = default;
};
using State = std::map<std::string, Version>;

Item MakeItem(const std::string& name, const Version& version) {
  Item item;
  item.meta.ns = Symbol("shop");
  item.meta.name = Symbol(name);
  item.meta.uid = Uid(version.uid);
  item.meta.resource_version = std::to_string(version.number);
  return item;
}

Version VersionOf(const Item& item) {
  return {item.meta.uid.Text(), std::stoull(item.meta.resource_version.Text())};
}

ObjectKey Key(const std::string& name) {
  return {Symbol("shop"), Symbol(name)};
}

struct Event {
  std::string name;
  Version version;
  bool deleted = false;
};

struct Server {
  State state;
  std::vector<Event> log;
  std::uint64_t version = 1;
  int uids = 0;

  Version Put(const std::string& name) {
    Version& stored = state[name];
    if (stored.uid.empty()) stored.uid = "uid-" + std::to_string(++uids);
    stored.number = ++version;
    log.push_back({name, stored});
    return stored;
  }
  void Delete(const std::string& name) {
    Version last = state.at(name);
    state.erase(name);
    last.number = ++version;
    log.push_back({name, last, true});
  }
};

class World {
 public:
  explicit World(unsigned seed) : random_(seed) {
    store_.AddListener([this](const Item* before, const Item* after) { Follow(before, after); });
  }

  void Step() {
    switch (Below(12)) {
      case 0:
      case 1:
        server_.Put(AnyName());
        return;
      case 2:
        if (const auto name = AnyName(); server_.state.contains(name)) server_.Delete(name);
        return;
      case 3:
      case 4:
        return Write(AnyName());
      case 5:
        return Delete(AnyName());
      case 6:
        return Answer();
      case 7:
        if (Below(20) == 0) BeginList();
        return;
      case 8:
        if (Below(50) == 0) backup_ = server_;
        if (Below(50) == 0) Restore();
        return;
      default:
        return list_ ? ListStep() : WatchStep();
    }
  }

  void SettleAndCheck() {
    while (!answers_.empty()) {
      Answer();
      Step();
    }
    while (list_) ListStep();
    while (watched_ < server_.log.size()) WatchStep();
    State stored;
    store_.ForEach([&](const Item& item) { stored[std::string(item.meta.name.get())] = VersionOf(item); });
    CHECK(stored == server_.state);
    CHECK(followed_ == server_.state);
  }

 private:
  // Our request for an object whose answer has not arrived.
  struct Pending {
    Version version;
    bool deleted = false;
  };
  struct List {
    std::optional<State> snapshot;  // what is left of it; nullopt until the server has been asked
    std::uint64_t version = 0;
    std::size_t log_size = 0;
  };

  unsigned Below(unsigned limit) { return random_() % limit; }
  std::string AnyName() { return "o" + std::to_string(Below(8)); }

  void Follow(const Item* before, const Item* after) {
    const std::string name((after != nullptr ? after : before)->meta.name.get());
    const auto known = followed_.find(name);
    REQUIRE((before != nullptr) == (known != followed_.end()));
    if (before != nullptr) REQUIRE(VersionOf(*before) == known->second);
    if (before != nullptr && after != nullptr) {
      REQUIRE(before->meta.uid == after->meta.uid);
      REQUIRE(before->meta.resource_version != after->meta.resource_version);
    }
    if (after != nullptr) {
      REQUIRE(VersionOf(*after).number >= written_[name]);
      const Version& deleted = deleted_[name];
      REQUIRE((after->meta.uid.Text() != deleted.uid || VersionOf(*after).number > deleted.number));
      REQUIRE(store_.Find(Key(name)) == after);
      followed_[name] = VersionOf(*after);
    } else {
      const auto stored = server_.state.find(name);
      REQUIRE((stored == server_.state.end() || stored->second.uid != before->meta.uid.Text()));
      REQUIRE(store_.Find(Key(name)) == nullptr);
      followed_.erase(name);
    }
  }

  // One request per key at a time, as the work queue guarantees.
  void Write(const std::string& name) {
    if (!answers_.contains(name)) answers_[name] = {server_.Put(name)};
  }
  void Delete(const std::string& name) {
    const Item* cached = store_.Find(Key(name));
    const auto stored = server_.state.find(name);
    if (answers_.contains(name) || cached == nullptr || stored == server_.state.end()) return;
    if (stored->second.uid != cached->meta.uid.Text()) return;  // the precondition fails
    answers_[name] = {stored->second, true};
    server_.Delete(name);
  }
  void Answer() {
    if (answers_.empty()) return;
    const auto answer = std::next(answers_.begin(), Below(static_cast<unsigned>(answers_.size())));
    const auto [name, pending] = *answer;
    answers_.erase(answer);
    const Item* cached = store_.Find(Key(name));
    const bool known = cached != nullptr && cached->meta.uid.Text() == pending.version.uid;
    if (!pending.deleted) {
      std::uint64_t& written = written_[name];
      if (!gone_back_) written = std::max(written, pending.version.number);
      store_.ApplyWrite(MakeItem(name, pending.version));
    } else {
      if (known) deleted_[name] = VersionOf(*cached);
      written_.erase(name);
      store_.RemoveWritten(Key(name), Uid(pending.version.uid));
    }
  }

  void BeginList() {
    list_.emplace();
    store_.BeginReplace();
  }
  void ListStep() {
    if (!list_->snapshot) {
      *list_ = {server_.state, server_.version, server_.log.size()};
    } else if (!list_->snapshot->empty()) {
      const auto item = list_->snapshot->begin();
      store_.AddListed(MakeItem(item->first, item->second));
      list_->snapshot->erase(item);
    } else {
      store_.FinishReplace(std::to_string(list_->version));
      watched_ = list_->log_size;
      gone_back_ = false;
      list_.reset();
    }
  }
  void WatchStep() {
    if (watched_ == server_.log.size()) return;
    const Event& event = server_.log[watched_++];
    if (event.deleted) {
      store_.Remove(Key(event.name), std::to_string(event.version.number));
    } else {
      store_.Apply(MakeItem(event.name, event.version));
    }
  }

  // The server loses all changes since the backup, and its version goes back.
  void Restore() {
    if (!backup_) return;
    while (!answers_.empty()) Answer();
    written_.clear();
    deleted_.clear();
    gone_back_ = true;
    const int uids = server_.uids;
    server_ = *backup_;
    server_.uids = uids;
    BeginList();
  }

  std::minstd_rand random_;
  Server server_;
  std::optional<Server> backup_;
  std::map<std::string, Pending> answers_;
  // What the answers to our requests have made stale: versions older than those that we wrote, and the
  // objects that we deleted, up to the version that was known.
  std::map<std::string, std::uint64_t> written_;
  State deleted_;
  // From a restore to the first list after it, when the server's versions and the store's cannot be compared.
  bool gone_back_ = false;
  std::optional<List> list_;
  std::size_t watched_ = 0;

  Store<Item> store_;
  State followed_;
};

TEST_CASE("the store converges to the server's state, in whatever order events, lists and answers arrive") {
  const unsigned first_seed = GENERATE(0U, 1000U, 2000U, 3000U);
  for (unsigned seed = first_seed + 1; seed <= first_seed + 50; ++seed) {
    CAPTURE(seed);
    World world(seed);
    for (int round = 0; round < 10; ++round) {
      for (int step = 0; step < 200; ++step) world.Step();
      world.SettleAndCheck();
    }
  }
}

}  // namespace
}  // namespace k8sm::informer
