#include "lib/informer/store.h"

#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::informer {
namespace {

using kube::ObjectKey;
using kube::Symbol;
using kube::Uid;

struct Item {
  kube::ObjectMeta meta;
};

Item MakeItem(const std::string& name, const std::string& version, const std::string& uid = "uid") {
  Item item;
  item.meta.ns = Symbol("shop");
  item.meta.name = Symbol(name);
  item.meta.uid = Uid(uid);
  item.meta.resource_version = version;
  return item;
}

ObjectKey Key(const std::string& name) {
  return {Symbol("shop"), Symbol(name)};
}

// A store, and what it has told its listener since the last call of Told(): "+a@1 a@1>2 -a@2".
struct Fixture {
  Store<Item> store;
  std::string told;

  Fixture() {
    store.AddListener([this](const Item* before, const Item* after) {
      const kube::ObjectMeta& meta = (after != nullptr ? after : before)->meta;
      if (!told.empty()) told += ' ';
      if (before == nullptr) told += '+';
      if (after == nullptr) told += '-';
      told += meta.name + "@";
      if (before != nullptr && after != nullptr) told += before->meta.resource_version.Text() + ">";
      told += meta.resource_version.Text();
    });
  }

  std::string Told() { return std::exchange(told, ""); }
  std::string VersionOf(const std::string& name) const {
    const Item* item = store.Find(Key(name));
    return item == nullptr ? "" : item->meta.resource_version.Text();
  }
};

TEST_CASE("the store holds the objects of the watch events and notifies its listener of each change") {
  Fixture f;
  f.store.Apply(MakeItem("a", "1"));
  f.store.Apply(MakeItem("b", "2"));
  f.store.Apply(MakeItem("a", "3"));
  CHECK(f.Told() == "+a@1 +b@2 a@1>3");
  CHECK(f.store.size() == 2);
  CHECK(f.VersionOf("a") == "3");
  f.store.Remove(Key("a"), "4");
  CHECK(f.Told() == "-a@3");
  CHECK(f.store.Find(Key("a")) == nullptr);
  std::string names;
  f.store.ForEach([&](const Item& item) { names += item.meta.name.get(); });
  CHECK(names == "b");
}

TEST_CASE("events of the cached or an older version, and deletions of unknown objects, change nothing") {
  Fixture f;
  f.store.Apply(MakeItem("a", "10"));
  f.Told();
  f.store.Apply(MakeItem("a", "10"));
  f.store.Apply(MakeItem("a", "9"));
  f.store.Remove(Key("a"), "9");
  f.store.Remove(Key("unknown"), "11");
  CHECK(f.Told().empty());
  CHECK(f.VersionOf("a") == "10");
}

TEST_CASE("versions that are not numbers are applied in the order in which they arrive") {
  Fixture f;
  f.store.Apply(MakeItem("a", "x1"));
  f.store.Apply(MakeItem("a", "x1"));
  f.store.Apply(MakeItem("a", "x0"));
  f.store.ApplyWrite(MakeItem("a", "x0"));
  f.store.Remove(Key("a"), "x2");
  CHECK(f.Told() == "+a@x1 a@x1>x0 -a@x0");
}

TEST_CASE("a deletion may have the version of the object's last state") {
  Fixture f;
  f.store.Apply(MakeItem("a", "1"));
  f.store.Remove(Key("a"), "1");
  CHECK(f.store.size() == 0);
}

TEST_CASE("a recreated object is notified as a deletion and an addition") {
  Fixture f;
  f.store.Apply(MakeItem("a", "1", "first"));
  f.store.Apply(MakeItem("a", "2", "second"));
  CHECK(f.Told() == "+a@1 -a@1 +a@2");
}

TEST_CASE("a stored object keeps its address until it is removed") {
  Store<Item> store;
  const Item* address = nullptr;
  int calls = 0;
  store.AddListener([&](const Item* before, const Item* after) {
    ++calls;
    if (before == nullptr) {
      address = after;
    } else if (after != nullptr) {
      CHECK(after == address);
      CHECK(before != address);
      CHECK(store.Find(Key("a")) == after);
    } else {
      CHECK(before == address);
      CHECK(store.Find(Key("a")) == nullptr);
    }
  });
  store.Apply(MakeItem("a", "1"));
  for (int i = 0; i < 1000; ++i) store.Apply(MakeItem("x" + std::to_string(i), "1"));
  address = store.Find(Key("a"));
  calls = 0;
  store.Apply(MakeItem("a", "2"));
  store.Remove(Key("a"), "3");
  CHECK(calls == 2);
}

TEST_CASE("the answer to a write is stored at once, and its later event changes nothing") {
  Fixture f;
  f.store.Apply(MakeItem("a", "1"));
  f.store.ApplyWrite(MakeItem("a", "5"));
  f.store.ApplyWrite(MakeItem("b", "6"));
  CHECK(f.Told() == "+a@1 a@1>5 +b@6");
  f.store.Apply(MakeItem("a", "3"));
  f.store.Apply(MakeItem("a", "5"));
  f.store.Apply(MakeItem("b", "6"));
  CHECK(f.Told().empty());
}

TEST_CASE("FindVersion requires the same namespace, name, UID and resourceVersion") {
  Fixture f;
  f.store.Apply(MakeItem("a", "5"));
  const kube::ObjectMeta& meta = f.store.Find(Key("a"))->meta;
  const kube::ObjectVersion version{std::string(meta.ns.get()), std::string(meta.name.get()), meta.uid.Text(),
                                    meta.resource_version.Text()};
  CHECK(f.store.FindVersion(version) == f.store.Find(Key("a")));
  for (std::string kube::ObjectVersion::*member :
       {&kube::ObjectVersion::ns, &kube::ObjectVersion::name, &kube::ObjectVersion::uid,
        &kube::ObjectVersion::resource_version}) {
    kube::ObjectVersion other = version;
    other.*member += "2";
    CHECK(f.store.FindVersion(other) == nullptr);
  }
}

TEST_CASE("the answer to a write that arrives after later events changes nothing") {
  Fixture f;
  f.store.Apply(MakeItem("a", "7"));
  f.store.ApplyWrite(MakeItem("a", "5"));
  f.store.ApplyWrite(MakeItem("a", "7"));
  CHECK(f.Told() == "+a@7");
  // Deleted by somebody else before our answer was read.
  f.store.Remove(Key("a"), "9");
  f.store.ApplyWrite(MakeItem("a", "8"));
  CHECK(f.store.size() == 0);
}

TEST_CASE("the deletion event of an object that our own write has replaced changes nothing") {
  Fixture f;
  f.store.Apply(MakeItem("a", "1", "first"));
  f.store.ApplyWrite(MakeItem("a", "5", "second"));
  f.Told();
  f.store.Remove(Key("a"), "4");
  CHECK(f.Told().empty());
  CHECK(f.VersionOf("a") == "5");
}

TEST_CASE("an object that we deleted is removed at once, and older events do not bring it back") {
  Fixture f;
  f.store.Apply(MakeItem("a", "3"));
  f.store.RemoveWritten(Key("a"), Uid("another"));
  CHECK(f.store.size() == 1);
  f.store.RemoveWritten(Key("a"), Uid("uid"));
  CHECK(f.Told() == "+a@3 -a@3");
  f.store.Apply(MakeItem("a", "2"));
  f.store.Apply(MakeItem("a", "3"));
  f.store.Remove(Key("a"), "4");
  CHECK(f.Told().empty());
  f.store.Apply(MakeItem("a", "5", "second"));
  CHECK(f.Told() == "+a@5");
}

TEST_CASE("an object that survives our delete is stored again at its next change") {
  Fixture f;
  f.store.Apply(MakeItem("a", "3"));
  f.store.RemoveWritten(Key("a"), Uid("uid"));
  f.store.Apply(MakeItem("a", "4"));
  CHECK(f.VersionOf("a") == "4");
}

TEST_CASE("a list adds and updates the objects that it names and removes the others") {
  Fixture f;
  f.store.Apply(MakeItem("same", "1"));
  f.store.Apply(MakeItem("changed", "2"));
  f.store.Apply(MakeItem("gone", "3"));
  f.store.Apply(MakeItem("recreated", "4", "first"));
  f.Told();
  f.store.BeginReplace();
  f.store.AddListed(MakeItem("same", "1"));
  f.store.AddListed(MakeItem("changed", "5"));
  f.store.AddListed(MakeItem("new", "6"));
  f.store.AddListed(MakeItem("recreated", "7", "second"));
  CHECK(f.Told() == "changed@2>5 +new@6 -recreated@4 +recreated@7");
  CHECK(f.store.FinishReplace("8") == 1);
  CHECK(f.Told() == "-gone@3");
  CHECK(f.store.size() == 4);
}

TEST_CASE("a list that is begun again removes only what the second attempt does not name") {
  Fixture f;
  f.store.Apply(MakeItem("a", "1"));
  f.store.BeginReplace();
  f.store.AddListed(MakeItem("b", "2"));
  f.store.BeginReplace();
  f.store.AddListed(MakeItem("a", "1"));
  f.Told();
  CHECK(f.store.FinishReplace("3") == 1);
  CHECK(f.Told() == "-b@2");
}

TEST_CASE("a list of a server that has gone back replaces newer cached versions") {
  Fixture f;
  f.store.Apply(MakeItem("a", "100"));
  f.store.Apply(MakeItem("b", "101"));
  f.store.Remove(Key("x"), "102");
  f.store.BeginReplace();
  f.store.AddListed(MakeItem("a", "40"));
  f.store.FinishReplace("50");
  CHECK(f.store.size() == 1);
  CHECK(f.VersionOf("a") == "40");
  f.store.Apply(MakeItem("a", "51"));
  f.store.ApplyWrite(MakeItem("c", "52"));
  CHECK(f.VersionOf("a") == "51");
  CHECK(f.VersionOf("c") == "52");
}

TEST_CASE("a list does not undo our own writes and deletes since it began") {
  Fixture f;
  f.store.Apply(MakeItem("kept", "1"));
  f.store.Apply(MakeItem("updated", "2"));
  f.store.Apply(MakeItem("deleted", "3"));
  f.store.BeginReplace();
  f.store.ApplyWrite(MakeItem("updated", "11"));
  f.store.ApplyWrite(MakeItem("created", "12"));
  f.store.RemoveWritten(Key("deleted"), Uid("uid"));
  for (const auto& [name, version] :
       {std::pair("kept", "1"), std::pair("updated", "2"), std::pair("deleted", "3")}) {
    f.store.AddListed(MakeItem(name, version));
  }
  CHECK(f.store.FinishReplace("10") == 0);
  CHECK(f.VersionOf("updated") == "11");
  CHECK(f.VersionOf("created") == "12");
  CHECK(f.VersionOf("deleted").empty());
  CHECK(f.VersionOf("kept") == "1");
}

TEST_CASE("an object that we wrote before a list began is removed if the list does not name it") {
  Fixture f;
  f.store.ApplyWrite(MakeItem("a", "12"));
  f.store.BeginReplace();
  CHECK(f.store.FinishReplace("10") == 1);
}

TEST_CASE("an object that we wrote during a list is removed if the list is newer and does not name it") {
  Fixture f;
  f.store.BeginReplace();
  f.store.ApplyWrite(MakeItem("a", "8"));
  CHECK(f.store.FinishReplace("10") == 1);
  f.store.ApplyWrite(MakeItem("a", "9"));
  CHECK(f.store.size() == 0);
}

// ---- Objects that cannot be decoded

// What the store has told its unreadable listener: "!a" for an object that became unreadable, "?a" for one
// that became readable again or is gone.
struct UnreadableFixture : Fixture {
  std::string readability;

  UnreadableFixture() {
    store.AddUnreadableListener([this](const kube::ObjectMeta& meta, bool unreadable) {
      readability += (readability.empty() ? "" : " ") + std::string(unreadable ? "!" : "?") + meta.name;
      const kube::Symbol* app = meta.labels.Find("app");
      if (app != nullptr) readability += "=" + *app;
      CHECK(store.IsUnreadable(meta.Key()) == unreadable);
    });
  }
  std::string Readability() { return std::exchange(readability, ""); }
  // Lists these items, each as "a@1", or "!a@1" for one that cannot be decoded.
  void List(const std::vector<std::string>& items, const std::string& version) {
    store.BeginReplace();
    for (const std::string& item : items) AddListed(item);
    store.FinishReplace(version);
  }
  void AddListed(const std::string& item) {
    const bool unreadable = item.front() == '!';
    const std::size_t at = item.find('@');
    const std::size_t begin = unreadable ? 1 : 0;
    const Item made = MakeItem(item.substr(begin, at - begin), item.substr(at + 1));
    unreadable ? store.AddUnreadableListed(made.meta) : store.AddListed(made);
  }
  bool IsUnreadable(const std::string& name) const { return store.IsUnreadable(Key(name)); }
};

TEST_CASE("a listed item that cannot be decoded keeps its cached state and is marked unreadable") {
  UnreadableFixture f;
  f.store.Apply(MakeItem("a", "1"));
  f.Told();
  f.store.BeginReplace();
  f.AddListed("!a@2");
  f.AddListed("!b@3");
  CHECK(f.store.FinishReplace("5") == 0);
  CHECK(f.Told().empty());
  CHECK(f.VersionOf("a") == "1");
  CHECK(f.IsUnreadable("a"));
  CHECK(f.IsUnreadable("b"));
  CHECK_FALSE(f.IsUnreadable("c"));
  CHECK(f.Readability() == "!a !b");
}

TEST_CASE("an item is unreadable until it can be decoded, is deleted or is no longer listed") {
  UnreadableFixture f;
  f.List({"!a@1", "!b@2", "!c@3", "!d@4"}, "5");
  f.Readability();
  f.store.Apply(MakeItem("a", "6"));
  f.store.Remove(Key("b"), "7");
  CHECK(f.Readability() == "?a ?b");
  f.List({"a@6", "!c@3", "d@8"}, "8");
  CHECK(f.Readability() == "?d");
  CHECK(f.IsUnreadable("c"));
  f.List({"a@6", "d@8"}, "9");
  CHECK(f.Readability() == "?c");
  CHECK(f.Told() == "+a@6 +d@8");
}

TEST_CASE("an event that cannot be decoded keeps the object's cached state and marks it unreadable") {
  UnreadableFixture f;
  f.List({"a@1"}, "5");
  f.store.ApplyUnreadable(MakeItem("a", "6").meta);
  f.store.ApplyUnreadable(MakeItem("b", "7").meta);
  f.store.ApplyUnreadable(MakeItem("b", "8").meta);
  CHECK(f.Readability() == "!a !b");
  CHECK(f.VersionOf("a") == "1");
  f.store.Apply(MakeItem("a", "9"));
  CHECK(f.Readability() == "?a");
  CHECK(f.VersionOf("a") == "9");
}

TEST_CASE("an event that cannot be decoded changes nothing if its version is the cached one or older") {
  UnreadableFixture f;
  f.store.ApplyWrite(MakeItem("a", "6"));
  f.store.ApplyUnreadable(MakeItem("a", "5").meta);
  f.store.ApplyUnreadable(MakeItem("a", "6").meta);
  // b came and went before the answer to our own write of it was read.
  f.store.Remove(Key("b"), "8");
  f.store.ApplyUnreadable(MakeItem("b", "7").meta);
  f.store.RemoveWritten(Key("a"), Uid("uid"));
  f.store.ApplyUnreadable(MakeItem("a", "6").meta);
  CHECK(f.Readability().empty());
  f.store.ApplyUnreadable(MakeItem("a", "9").meta);
  CHECK(f.Readability() == "!a");
}

TEST_CASE("an event that cannot be decoded changes nothing if it is of the state that we deleted") {
  UnreadableFixture f;
  f.store.Apply(MakeItem("a", "6"));
  f.store.RemoveWritten(Key("a"), Uid("uid"));
  f.store.ApplyUnreadable(MakeItem("a", "6").meta);
  CHECK(f.Readability().empty());
  f.store.ApplyUnreadable(MakeItem("a", "7", "recreated").meta);
  CHECK(f.Readability() == "!a");
}

TEST_CASE("the annotations of unreadable objects are not kept") {
  Store<Item> store;
  std::size_t annotations = 1;
  store.AddUnreadableListener(
      [&](const kube::ObjectMeta& meta, bool) { annotations = meta.annotations.size(); });
  Item item = MakeItem("a", "1");
  item.meta.annotations.Set(Symbol("large"), Symbol("text"));
  store.ApplyUnreadable(item.meta);
  store.Remove(Key("a"), "2");
  CHECK(annotations == 0);
}

TEST_CASE("an older version that can be decoded does not make an object readable again") {
  UnreadableFixture f;
  f.store.ApplyUnreadable(MakeItem("a", "8").meta);
  f.store.Apply(MakeItem("a", "6"));
  f.store.ApplyWrite(MakeItem("a", "7"));
  f.store.Remove(Key("a"), "7");
  CHECK(f.Readability() == "!a");
  f.store.Remove(Key("a"), "8");
  CHECK(f.Readability() == "?a");
}

TEST_CASE("an object that became unreadable without a version becomes readable with any event") {
  UnreadableFixture f;
  f.store.ApplyUnreadable(MakeItem("a", "").meta);
  CHECK(f.IsUnreadable("a"));
  f.store.Apply(MakeItem("a", "3"));
  CHECK_FALSE(f.IsUnreadable("a"));
}

TEST_CASE("a listed item that cannot be decoded is not marked unreadable if its version is cached") {
  UnreadableFixture f;
  f.store.Apply(MakeItem("a", "3"));
  f.List({"!a@3"}, "5");
  CHECK_FALSE(f.IsUnreadable("a"));
  CHECK(f.VersionOf("a") == "3");
  // The list of another server, whose versions start over.
  f.List({"!a@2"}, "2");
  CHECK(f.IsUnreadable("a"));
  CHECK(f.VersionOf("a") == "3");
}

TEST_CASE(
    "a listed item that cannot be decoded does not undo our own writes and deletes since the list began") {
  UnreadableFixture f;
  f.store.Apply(MakeItem("updated", "2"));
  f.store.Apply(MakeItem("deleted", "3"));
  f.store.BeginReplace();
  f.store.ApplyWrite(MakeItem("updated", "11"));
  f.store.RemoveWritten(Key("deleted"), Uid("uid"));
  f.store.ApplyUnreadable(MakeItem("created", "12").meta);
  f.AddListed("!updated@2");
  f.AddListed("!deleted@3");
  f.store.FinishReplace("10");
  CHECK(f.VersionOf("updated") == "11");
  CHECK(f.Readability() == "!created");
}

TEST_CASE("our own delete of an unreadable object removes its mark") {
  UnreadableFixture f;
  f.store.Apply(MakeItem("a", "3"));
  f.store.ApplyUnreadable(MakeItem("a", "4").meta);
  f.store.RemoveWritten(Key("a"), Uid("uid"));
  CHECK(f.Readability() == "!a ?a");
}

TEST_CASE("an unreadable object that is relabelled is notified with its old and its new labels") {
  UnreadableFixture f;
  Item item = MakeItem("a", "4");
  item.meta.labels.Set(Symbol("app"), Symbol("web"));
  f.store.ApplyUnreadable(item.meta);
  item.meta.resource_version = "5";
  f.store.ApplyUnreadable(item.meta);
  CHECK(f.Readability() == "!a=web");
  item.meta.resource_version = "6";
  item.meta.labels.Set(Symbol("app"), Symbol("db"));
  f.store.ApplyUnreadable(item.meta);
  CHECK(f.Readability() == "?a=web !a=db");
  f.store.Remove(Key("a"), "7");
  CHECK(f.Readability() == "?a=db");
}

TEST_CASE("a watch listener is not notified of our own writes and deletes") {
  Store<Item> store;
  std::string all, others;
  const auto follow = [&store](std::string& told) {
    return [&told](const Item* before, const Item* after) {
      told +=
          (after != nullptr ? after : before)->meta.resource_version.Text() + (after == nullptr ? "- " : " ");
    };
  };
  store.AddListener(follow(all));
  store.AddWatchListener(follow(others));
  store.Apply(MakeItem("a", "1"));
  store.ApplyWrite(MakeItem("a", "2"));
  store.ApplyWrite(MakeItem("a", "3", "recreated"));
  store.RemoveWritten(Key("a"), Uid("recreated"));
  store.Apply(MakeItem("a", "4"));
  store.Remove(Key("a"), "5");
  store.BeginReplace();
  store.AddListed(MakeItem("b", "6"));
  store.FinishReplace("7");
  store.BeginReplace();
  store.FinishReplace("8");
  CHECK(all == "1 2 2- 3 3- 4 4- 6 6- ");
  CHECK(others == "1 4 4- 6 6- ");
}

TEST_CASE("an event that is recognized as our own write does not notify a watch listener") {
  Store<Item> store;
  int all = 0;
  int of_others = 0;
  store.AddListener([&](const Item*, const Item*) { ++all; });
  store.AddWatchListener([&](const Item*, const Item*) { ++of_others; });
  store.RecognizeOwnWrites([](const Item& item) { return item.meta.resource_version == "2"; });
  for (const char* version : {"1", "2", "3"}) store.Apply(MakeItem("a", version));
  CHECK(all == 3);
  CHECK(of_others == 2);
}

}  // namespace
}  // namespace k8sm::informer
