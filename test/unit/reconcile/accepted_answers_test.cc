#include "controller/reconcile/accepted_answers.h"

#include "lib/endpoints/slice_meta.h"
#include "test/support/catch.h"

#include <span>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::Endpoints;
using kube::EndpointSlice;
using kube::ObjectKey;
using kube::Symbol;
using kube::Uid;

const ObjectKey kWeb{Symbol("shop"), Symbol("web")};
const ObjectKey kDb{Symbol("shop"), Symbol("db")};

template <class T>
T Object(const std::string& version, const std::string& uid = "uid-1") {
  T object;
  object.meta.ns = Symbol("shop");
  object.meta.name = Symbol("web");
  object.meta.uid = Uid(uid);
  object.meta.resource_version = version;
  return object;
}

Endpoints Sent(const std::string& node = "node-1") {
  Endpoints sent = Object<Endpoints>("", "");
  sent.subsets.push_back({.addresses = {{.ip = Symbol("10.0.0.11"), .node_name = Symbol(node)}}});
  return sent;
}

// As stored by a server that does not know node names.
Endpoints Stored(const std::string& version, const std::string& uid = "uid-1") {
  Endpoints stored = Object<Endpoints>(version, uid);
  stored.subsets.push_back({.addresses = {{.ip = Symbol("10.0.0.11")}}});
  return stored;
}

EndpointSlice SentSlice() {
  EndpointSlice sent = Object<EndpointSlice>("", "");
  sent.meta.name = Symbol();
  sent.generate_name = "web-";
  sent.ports = {{Symbol("http"), 31080, kube::Protocol::kTcp, {}}};
  sent.endpoints.push_back({.address = Symbol("10.0.0.11"), .node_name = Symbol("node-1")});
  return sent;
}

EndpointSlice StoredSlice(const std::string& uid) {
  EndpointSlice stored = SentSlice();
  stored.generate_name.clear();
  stored.meta.name = Symbol("web-" + uid);
  stored.meta.uid = Uid(uid);
  stored.meta.resource_version = "5";
  return stored;
}

const Endpoints* ViewOf(AcceptedAnswers<Endpoints>& answers, const Endpoints& stored) {
  const Endpoints* const one = &stored;
  return answers.View(kWeb, std::span(&one, 1)).front();
}

TEST_CASE("an object that is stored as it was sent is not remembered", "[accepted_answers]") {
  AcceptedAnswers<Endpoints> answers;
  const Endpoints stored = Stored("5");
  Endpoints sent = stored;
  sent.meta.uid = Uid();
  sent.meta.resource_version = {};
  answers.Note(kWeb, sent, stored);
  CHECK(answers.size() == 0);
  CHECK(ViewOf(answers, stored) == &stored);
}

TEST_CASE("where the server stored something else, View returns what was sent with the stored version",
          "[accepted_answers]") {
  AcceptedAnswers<Endpoints> answers;
  Endpoints sent = Sent();
  sent.meta.labels.Set(Symbol("app"), Symbol("web"));
  sent.meta.annotations.Set(Symbol("ours"), Symbol("1"));
  Endpoints stored = Stored("5");
  stored.meta.labels.Set(Symbol("team"), Symbol("x"));
  stored.meta.annotations.Set(Symbol("theirs"), Symbol("2"));
  answers.Note(kWeb, sent, stored);
  CHECK(answers.size() == 1);
  const Endpoints* view = ViewOf(answers, stored);
  CHECK(view->subsets == sent.subsets);
  CHECK(view->meta.labels == sent.meta.labels);
  // The next update has that version, and keeps what others have added.
  CHECK(view->meta.uid == stored.meta.uid);
  CHECK(view->meta.resource_version == "5");
  CHECK(view->meta.annotations.Find("ours") != nullptr);
  CHECK(view->meta.annotations.Find("theirs") != nullptr);
}

TEST_CASE("an object that has changed since it was answered is seen as it is stored", "[accepted_answers]") {
  AcceptedAnswers<Endpoints> answers;
  answers.Note(kWeb, Sent(), Stored("5"));
  const Endpoints changed = GENERATE(Stored("6"), Stored("5", "uid-2"));
  CHECK(ViewOf(answers, changed) == &changed);
  CHECK(answers.size() == 0);
}

TEST_CASE("the answer is forgotten once its object is gone", "[accepted_answers]") {
  AcceptedAnswers<Endpoints> answers;
  answers.Note(kWeb, Sent(), Stored("5"));
  CHECK(answers.View(kWeb, {}).empty());
  CHECK(answers.size() == 0);
}

TEST_CASE("the answer to the last write of an object counts", "[accepted_answers]") {
  AcceptedAnswers<Endpoints> answers;
  answers.Note(kWeb, Sent("node-1"), Stored("5"));
  answers.Note(kWeb, Sent("node-2"), Stored("6"));
  const Endpoints stored = Stored("6");
  CHECK(ViewOf(answers, stored)->subsets == Sent("node-2").subsets);
  // An answer equal to what was sent ends it.
  answers.Note(kWeb, Stored("7"), Stored("7"));
  CHECK(answers.size() == 0);
}

TEST_CASE("another answer with the same version replaces the first", "[accepted_answers]") {
  AcceptedAnswers<Endpoints> answers;
  answers.Note(kWeb, Sent("node-1"), Stored("5"));
  answers.Note(kWeb, Sent("node-2"), Stored("5"));
  const Endpoints stored = Stored("5");
  CHECK(ViewOf(answers, stored)->subsets == Sent("node-2").subsets);
}

TEST_CASE("each slice of a service has its own answer, and View keeps the order of the stored slices",
          "[accepted_answers]") {
  AcceptedAnswers<EndpointSlice> answers;
  const EndpointSlice a = StoredSlice("a");
  EndpointSlice b = StoredSlice("b");
  b.endpoints[0].node_name = Symbol();
  EndpointSlice c = StoredSlice("c");
  c.endpoints[0].node_name = Symbol();
  answers.Note(kWeb, SentSlice(), a);
  answers.Note(kWeb, SentSlice(), b);
  answers.Note(kWeb, SentSlice(), c);
  const std::vector<const EndpointSlice*> stored = {&c, &a, &b};
  const auto seen = answers.View(kWeb, stored);
  REQUIRE(seen.size() == 3);
  CHECK(seen[0]->meta.name == c.meta.name);
  CHECK(seen[0]->endpoints == SentSlice().endpoints);
  CHECK(seen[1] == &a);
  CHECK(seen[2]->meta.name == b.meta.name);
  CHECK(seen[2]->endpoints == SentSlice().endpoints);
  // The viewed object has its name already.
  CHECK(seen[0]->generate_name.empty());
  // If one of them changes, the other's answer stays.
  b.meta.resource_version = "6";
  CHECK(answers.View(kWeb, stored)[2] == &b);
  CHECK(answers.View(kWeb, stored)[0] != &c);
  CHECK(answers.size() == 1);
}

TEST_CASE("the owner, labels, ports and endpoints of a slice are compared with what was sent",
          "[accepted_answers]") {
  const auto part = GENERATE(0, 1, 2, 3, 4);
  EndpointSlice stored = StoredSlice("a");
  if (part == 1) stored.owner.emplace();
  if (part == 2) stored.meta.labels.Set(Symbol("team"), Symbol("x"));
  if (part == 3) stored.ports.clear();
  if (part == 4) stored.endpoints.clear();
  AcceptedAnswers<EndpointSlice> answers;
  answers.Note(kWeb, SentSlice(), stored);
  CHECK(answers.size() == (part == 0 ? 0 : 1));
}

TEST_CASE("answers are kept for each service, and Forget drops those of one service only",
          "[accepted_answers]") {
  AcceptedAnswers<Endpoints> answers;
  answers.Note(kWeb, Sent(), Stored("5"));
  answers.Note(kDb, Sent(), Stored("5"));
  CHECK(answers.size() == 2);
  answers.Forget(kDb);
  CHECK(answers.size() == 1);
  const Endpoints stored = Stored("5");
  CHECK(ViewOf(answers, stored)->subsets == Sent().subsets);
}

}  // namespace
}  // namespace k8sm::controller
