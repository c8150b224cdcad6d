// Writes whose answer is lost, and how they are settled.

#include "controller/reconcile/api_writer.h"

#include "lib/client/api_client.h"
#include "lib/client/retry.h"
#include "lib/endpoints/slice_meta.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "test/support/catch.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

using client::AnswerWith;
using client::JsonAnswer;
using client::Run;
using client::Turn;
using kube::Endpoints;
using kube::EndpointSlice;
using kube::ObjectKey;
using kube::Symbol;
using kube::Uid;

const Turn kLost{"", true};
const ObjectKey kWeb{Symbol("shop"), Symbol("web")};

template <class T>
T Object(const std::string& name, const std::string& version, const std::string& uid = "uid-1") {
  T object;
  object.meta.ns = Symbol("shop");
  object.meta.name = Symbol(name);
  object.meta.uid = Uid(uid);
  object.meta.resource_version = version;
  return object;
}

EndpointSlice Slice(const std::string& name, const std::string& version, const std::string& uid = "uid-1") {
  auto slice = Object<EndpointSlice>(name, version, uid);
  slice.meta.labels.Set(Symbol(std::string(kube::kServiceNameLabel)), Symbol("web"));
  return slice;
}

std::string Json(const std::string& name, const std::string& version, const std::string& rest = "",
                 const std::string& uid = "uid-1") {
  return R"({"metadata":{"name":")" + name + R"(","namespace":"shop","uid":")" + uid +
         R"(","resourceVersion":")" + version + "\"" + rest + "}}";
}

template <class T>
struct Fixture {
  Fixture(const client::Resource& resource, client::ScriptServer::Script script)
      : server(io, std::move(script)),
        client(client::ApiClient::Create(io.get_executor(), server.config(), {}).value()),
        writer(*client, resource, cache) {}

  Result<T> Write(T object) { return Run(io, writer.Write(std::move(object))); }
  Result<void> Delete(T object) { return Run(io, writer.Delete(std::move(object))); }
  Result<void> Settle() { return Run(io, writer.Settle(kWeb)); }
  std::string VersionOf(const std::string& name) const {
    const T* object = cache.Find({Symbol("shop"), Symbol(name)});
    return object == nullptr ? "none" : object->meta.resource_version.Text();
  }
  // The request line of the request with this index: "GET /api/v1/...".
  std::string Request(std::size_t number) const {
    const std::string& text = server.requests().at(number);
    return text.substr(0, text.find(" HTTP/"));
  }

  asio::io_context io;
  client::ScriptServer server;
  std::unique_ptr<client::ApiClient> client;
  informer::Store<T> cache;
  ApiWriter<T> writer;
};

struct EndpointsFixture : Fixture<Endpoints> {
  explicit EndpointsFixture(client::ScriptServer::Script script)
      : Fixture(client::kEndpoints, std::move(script)) {}
};

// The body of a request.
std::string BodyOf(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

TEST_CASE("Write uses POST for a new object and PUT for a known one, and Delete has preconditions") {
  const std::string done = R"({"kind":"Status","status":"Success"})";
  EndpointsFixture f({{{JsonAnswer(Json("web", "5"))}, {JsonAnswer(Json("web", "6"))}, {JsonAnswer(done)}}});
  const auto created = f.Write(Object<Endpoints>("web", "", ""));
  REQUIRE(created.has_value());
  CHECK(created->meta.resource_version == "5");
  CHECK(f.VersionOf("web") == "5");
  REQUIRE(f.Write(*created).has_value());
  CHECK(f.VersionOf("web") == "6");
  CHECK(f.Delete(Object<Endpoints>("web", "6")).has_value());
  CHECK(f.VersionOf("web") == "none");
  CHECK(f.Settle().has_value());
  REQUIRE(f.server.requests().size() == 3);
  CHECK(f.Request(0) == "POST /api/v1/namespaces/shop/endpoints");
  CHECK(f.Request(1) == "PUT /api/v1/namespaces/shop/endpoints/web");
  CHECK(f.Request(2) == "DELETE /api/v1/namespaces/shop/endpoints/web");
  CHECK(BodyOf(f.server.requests()[0]).find("resourceVersion") == std::string::npos);
  CHECK(BodyOf(f.server.requests()[1]).find(R"("resourceVersion":"5")") != std::string::npos);
  CHECK(BodyOf(f.server.requests()[2]).find(R"("preconditions":{"uid":"uid-1","resourceVersion":"6"})") !=
        std::string::npos);
}

TEST_CASE("after a write that was answered, Settle sends no request") {
  const auto refusal = GENERATE("409 Conflict", "422 Unprocessable Entity", "429 Too Many Requests",
                                "403 Forbidden", "200 OK");
  EndpointsFixture f({{{AnswerWith(refusal, "", Json("web", "5"))}}});
  (void)f.Write(Object<Endpoints>("web", "4"));
  CHECK(f.Settle().has_value());
  CHECK(f.server.requests().size() == 1);
}

TEST_CASE("after a write that was never sent, Settle sends no request") {
  asio::io_context io;
  const client::RestConfig nowhere = client::ScriptServer(io, {}).config();
  const auto client = client::ApiClient::Create(io.get_executor(), nowhere, {}).value();
  informer::Store<Endpoints> cache;
  ApiWriter<Endpoints> writer(*client, client::kEndpoints, cache);
  CHECK(Run(io, writer.Write(Object<Endpoints>("web", ""))).error().code == Errc::kUnavailable);
  CHECK(Run(io, writer.Settle(kWeb)).has_value());
}

TEST_CASE("after a lost create, Settle finds the object if it was created") {
  const bool carried_out = GENERATE(true, false);
  EndpointsFixture f(
      {{kLost}, {{carried_out ? JsonAnswer(Json("web", "5")) : AnswerWith("404 Not Found", "", "{}")}}});
  CHECK(client::IsOutcomeUnknown(f.Write(Object<Endpoints>("web", "", "")).error()));
  CHECK(f.Settle().has_value());
  CHECK(f.VersionOf("web") == (carried_out ? "5" : "none"));
  CHECK(f.Request(1) == "GET /api/v1/namespaces/shop/endpoints/web");
  CHECK(f.Settle().has_value());
  CHECK(f.server.requests().size() == 2);
}

TEST_CASE("after a lost update, Settle caches what is stored now, whoever wrote it") {
  for (const std::string stored : {"4", "5", "6"}) {
    EndpointsFixture f({{kLost}, {{JsonAnswer(Json("web", stored))}}});
    f.cache.Apply(Object<Endpoints>("web", "4"));
    CHECK(f.Write(Object<Endpoints>("web", "4")).has_error());
    CHECK(f.Settle().has_value());
    CHECK(f.VersionOf("web") == stored);
  }
}

TEST_CASE("Settle never puts an older version into the cache") {
  EndpointsFixture f({{kLost}, {{JsonAnswer(Json("web", "5"))}}});
  f.cache.Apply(Object<Endpoints>("web", "4"));
  CHECK(f.Write(Object<Endpoints>("web", "4")).has_error());
  f.cache.Apply(Object<Endpoints>("web", "6"));  // the watch was faster
  CHECK(f.Settle().has_value());
  CHECK(f.VersionOf("web") == "6");
}

TEST_CASE("an answer with the version that the cache already has is not decoded") {
  EndpointsFixture f({{{JsonAnswer(Json("web", "5").insert(1, R"("subsets":"...",)"))}}});
  f.cache.Apply(Object<Endpoints>("web", "5"));
  const auto stored = f.Write(Object<Endpoints>("web", "4"));
  REQUIRE(stored.has_value());
  CHECK(stored->meta.resource_version == "5");
}

TEST_CASE("an object that finalizers keep stays in the cache as the answer to its DELETE shows it") {
  for (const std::string version : {"4", "5"}) {
    CAPTURE(version);
    const std::string kept =
        R"({"metadata":{"name":"web","namespace":"shop","uid":"uid-1","resourceVersion":")" + version +
        R"(","deletionTimestamp":"2026-11-29T10:00:00Z","finalizers":["keep"]}})";
    EndpointsFixture f({{{JsonAnswer(kept)}, {JsonAnswer(Json("web", "6"))}}});
    f.cache.Apply(Object<Endpoints>("web", "4"));
    CHECK(f.Delete(Object<Endpoints>("web", "4")).has_value());
    CHECK(f.VersionOf("web") == version);
    CHECK(f.Write(Object<Endpoints>("web", version)).has_value());
    CHECK(f.VersionOf("web") == "6");
  }
}

TEST_CASE("after a lost delete, Settle removes the object from the cache only if it is gone") {
  const bool gone = GENERATE(true, false);
  EndpointsFixture f(
      {{kLost}, {{gone ? AnswerWith("404 Not Found", "", "{}") : JsonAnswer(Json("web", "4"))}}});
  f.cache.Apply(Object<Endpoints>("web", "4"));
  CHECK(f.Delete(Object<Endpoints>("web", "4")).has_error());
  CHECK(f.Settle().has_value());
  CHECK(f.VersionOf("web") == (gone ? "none" : "4"));
}

TEST_CASE(
    "after a delete answered by something other than the API server, the outcome is unknown and looked up") {
  for (const std::string body : {"[[[[", "{}", "<html>please log in</html>"}) {
    CAPTURE(body);
    EndpointsFixture f({{{JsonAnswer(body)}, {JsonAnswer(Json("web", "4"))}}});
    f.cache.Apply(Object<Endpoints>("web", "4"));
    CHECK(client::IsOutcomeUnknown(f.Delete(Object<Endpoints>("web", "4")).error()));
    CHECK(f.VersionOf("web") == "4");
    CHECK(f.Settle().has_value());
    CHECK(f.VersionOf("web") == "4");
  }
}

TEST_CASE("deleting an object that is already gone succeeds") {
  EndpointsFixture f({{{AnswerWith("404 Not Found", "", "{}")}}});
  f.cache.Apply(Object<Endpoints>("web", "4"));
  CHECK(f.Delete(Object<Endpoints>("web", "4")).has_value());
  CHECK(f.VersionOf("web") == "none");
  CHECK(f.Settle().has_value());
  CHECK(f.server.requests().size() == 1);
}

TEST_CASE("after a lost delete, Settle caches the object that was recreated meanwhile") {
  EndpointsFixture f({{kLost}, {{JsonAnswer(Json("web", "9", "", "uid-2"))}}});
  f.cache.Apply(Object<Endpoints>("web", "4"));
  CHECK(f.Delete(Object<Endpoints>("web", "4")).has_error());
  CHECK(f.Settle().has_value());
  REQUIRE(f.cache.Find(kWeb) != nullptr);
  CHECK(f.cache.Find(kWeb)->meta.uid.Text() == "uid-2");
}

TEST_CASE("after a server error or an unreadable answer, Settle looks the object up") {
  const std::string answer =
      GENERATE(AnswerWith("500 Internal Server Error", "", "{}"),
               AnswerWith("503 Service Unavailable", "Retry-After: 1\r\n", "{}"), JsonAnswer("{}"),
               JsonAnswer("nonsense"), AnswerWith("200 OK", "Content-Type: text/html\r\n", "<html>"));
  EndpointsFixture f({{{answer}, {JsonAnswer(Json("web", "5"))}}});
  CHECK(f.Write(Object<Endpoints>("web", "4")).has_error());
  CHECK(f.Settle().has_value());
  CHECK(f.VersionOf("web") == "5");
}

TEST_CASE("a failed lookup leaves the service unsettled") {
  EndpointsFixture f({{kLost},
                      {{AnswerWith("503 Service Unavailable", "", "{}")},
                       {JsonAnswer("nonsense")},
                       {JsonAnswer(Json("web", "5"))}}});
  CHECK(f.Write(Object<Endpoints>("web", "4")).has_error());
  CHECK(f.Settle().error().code == Errc::kServerError);
  CHECK(f.Settle().error().code == Errc::kMalformed);
  CHECK(f.VersionOf("web") == "none");
  CHECK(f.Settle().has_value());
  CHECK(f.VersionOf("web") == "5");
}

TEST_CASE("after AlreadyExists, Settle looks up the object that the cache does not have") {
  EndpointsFixture f(
      {{{AnswerWith("409 Conflict", "", R"({"kind":"Status","reason":"AlreadyExists","code":409})")},
        {JsonAnswer(Json("web", "5"))}}});
  CHECK(f.Write(Object<Endpoints>("web", "")).error().code == Errc::kAlreadyExists);
  CHECK(f.Settle().has_value());
  CHECK(f.VersionOf("web") == "5");
}

TEST_CASE("changes from our own writes and lookups do not notify watch listeners") {
  EndpointsFixture f({{{JsonAnswer(Json("web", "4"))}, kLost}, {{JsonAnswer(Json("web", "5"))}}});
  int changes = 0;
  int of_others = 0;
  f.cache.AddListener([&](const Endpoints*, const Endpoints*) { ++changes; });
  f.cache.AddWatchListener([&](const Endpoints*, const Endpoints*) { ++of_others; });
  CHECK(f.Write(Object<Endpoints>("web", "")).has_value());
  CHECK(f.Write(Object<Endpoints>("web", "4")).has_error());
  CHECK(f.Settle().has_value());
  CHECK(changes == 2);
  CHECK(of_others == 0);
}

TEST_CASE("an event that shows what is being written does not notify watch listeners, any other event does") {
  const std::string what = GENERATE("the same", "other labels", "being deleted", "another object");
  CAPTURE(what);
  const bool answered = GENERATE(true, false);
  EndpointsFixture f({{answered ? Turn{JsonAnswer(Json("web", "6"))} : kLost}});
  int of_others = 0;
  f.cache.AddWatchListener([&](const Endpoints*, const Endpoints*) { ++of_others; });
  auto wanted = Object<Endpoints>("web", "5");
  wanted.meta.labels.Set(Symbol("app"), Symbol("web"));
  bool ended = false;
  asio::co_spawn(f.io, f.writer.Write(wanted),
                 [&](std::exception_ptr exception, const Result<Endpoints>& written) {
                   CHECK_FALSE(exception);
                   CHECK(written.has_value() == answered);
                   ended = true;
                 });
  client::RunUntil(f.io, [&] { return f.server.requests().size() == 1; });
  REQUIRE_FALSE(ended);
  auto delivered = wanted;
  delivered.meta.resource_version = "6";
  if (what == "other labels") delivered.meta.labels.Set(Symbol("app"), Symbol("other"));
  if (what == "being deleted") delivered.meta.deletion_timestamp = kube::Timestamp();
  if (what == "another object") delivered.meta.name = Symbol("other");
  const bool same = what == "the same";
  f.cache.Apply(delivered);
  CHECK(of_others == (same ? 0 : 1));
  client::RunUntil(f.io, [&] { return ended; });
  // Nothing is being written any more.
  delivered.meta.resource_version = "7";
  f.cache.Apply(delivered);
  CHECK(of_others == (same ? 1 : 2));
}

TEST_CASE("Endpoints unreadable in the answer and the lookup are marked, and the service is settled") {
  const std::string unreadable =
      R"({"kind":"Endpoints","metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"6"},"subsets":7})";
  EndpointsFixture f({{{JsonAnswer(unreadable)}, {JsonAnswer(unreadable)}}});
  CHECK(f.Write(Object<Endpoints>("web", "")).error().code == Errc::kMalformed);
  CHECK(f.cache.IsUnreadable(kWeb));
  CHECK(f.Settle().has_value());
  CHECK(f.cache.IsUnreadable(kWeb));
  CHECK(f.Settle().has_value());  // without another request
}

TEST_CASE("Endpoints unreadable in the lookup after a lost write are marked") {
  EndpointsFixture f({{kLost},
                      {{JsonAnswer(R"({"kind":"Endpoints","metadata":{"name":"web","namespace":"shop",)"
                                   R"("uid":"uid-web","resourceVersion":"6"},"subsets":7})")}}});
  CHECK(f.Write(Object<Endpoints>("web", "")).has_error());
  CHECK_FALSE(f.cache.IsUnreadable(kWeb));
  CHECK(f.Settle().has_value());
  CHECK(f.cache.IsUnreadable(kWeb));
}

// ---- Slices

const std::string kOurs =
    R"(,"labels":{"kubernetes.io/service-name":"web","endpointslice.kubernetes.io/managed-by":"k8sm-controller-manager"})";
const std::string kForeign = R"(,"labels":{"kubernetes.io/service-name":"web"})";

std::string SliceJson(const std::string& name, const std::string& version, const std::string& labels,
                      const std::string& uid) {
  std::string json = Json(name, version, labels, uid);
  json.pop_back();
  return json + R"(,"addressType":"IPv4","endpoints":[],"ports":[]})";
}

std::string SliceListJson(const std::string& items) {
  return R"({"kind":"EndpointSliceList","metadata":{"resourceVersion":"20"},"items":[)" + items + "]}";
}

struct SlicesFixture : Fixture<EndpointSlice> {
  explicit SlicesFixture(client::ScriptServer::Script script)
      : Fixture(client::kEndpointSlices, std::move(script)) {}
};

TEST_CASE("an event that shows a new slice notifies watch listeners, for it may be that of a lost request") {
  SlicesFixture f({{{JsonAnswer(Json("web-x", "6"))}}});
  int of_others = 0;
  f.cache.AddWatchListener([&](const EndpointSlice*, const EndpointSlice*) { ++of_others; });
  bool ended = false;
  asio::co_spawn(f.io, f.writer.Write(Slice("", "", "")),
                 [&ended](std::exception_ptr exception, const Result<EndpointSlice>& written) {
                   CHECK_FALSE(exception);
                   CHECK(written.has_value());
                   ended = true;
                 });
  client::RunUntil(f.io, [&] { return f.server.requests().size() == 1; });
  REQUIRE_FALSE(ended);
  f.cache.Apply(Slice("web-x", "6"));
  CHECK(of_others == 1);
  client::RunUntil(f.io, [&] { return ended; });
}

TEST_CASE("after a lost create, Settle finds the slice under its generated name") {
  SlicesFixture f({{kLost},
                   {{JsonAnswer(SliceListJson(SliceJson("web-x7k2p", "12", kOurs, "uid-7") + "," +
                                              SliceJson("other", "11", kForeign, "uid-8")))}}});
  EndpointSlice slice = Slice("", "", "");
  slice.family = kube::IpFamily::kIPv4;
  CHECK(f.Write(std::move(slice)).has_error());
  CHECK(f.Settle().has_value());
  CHECK(f.VersionOf("web-x7k2p") == "12");
  CHECK(f.VersionOf("other") == "none");
  CHECK(f.Request(1) ==
        "GET "
        "/apis/discovery.k8s.io/v1/namespaces/shop/"
        "endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dweb");
}

TEST_CASE("a truncated list does not settle the service") {
  std::string half = SliceListJson(SliceJson("web-b", "5", kOurs, "uid-2"));
  half.resize(half.size() - 2);
  SlicesFixture f({{kLost}, {{JsonAnswer(half)}, {JsonAnswer(SliceListJson(""))}}});
  f.cache.Apply(Slice("web-a", "4"));
  CHECK(f.Delete(Slice("web-a", "4")).has_error());
  CHECK(f.Settle().has_error());
  CHECK(f.VersionOf("web-a") == "4");
  CHECK(f.Settle().has_value());
  CHECK(f.VersionOf("web-a") == "none");
}

TEST_CASE("after a lost slice deletion, Settle removes the slice if it is no longer listed") {
  const std::string rest = SliceJson("web-b", "5", kOurs, "uid-2");
  const std::string unreadable = R"({"metadata":{"name":"web-a","namespace":"shop"},"endpoints":7})";
  struct Case {
    std::string items;
    std::string stored;
  };
  const Case cases[] = {{rest, "none"},
                        {rest + "," + SliceJson("web-a", "4", kOurs, "uid-1"), "4"},
                        {rest + "," + unreadable, "4"},
                        {"", "none"}};
  for (const Case& c : cases) {
    CAPTURE(c.items);
    SlicesFixture f({{kLost}, {{JsonAnswer(SliceListJson(c.items))}}});
    f.cache.Apply(Slice("web-a", "4"));
    f.cache.Apply(Slice("web-b", "5", "uid-2"));
    CHECK(f.Delete(Slice("web-a", "4")).has_error());
    CHECK(f.Settle().has_value());
    CHECK(f.VersionOf("web-a") == c.stored);
    // Objects that were not written are left to the watch.
    CHECK(f.VersionOf("web-b") == "5");
  }
}

}  // namespace
}  // namespace k8sm::controller
