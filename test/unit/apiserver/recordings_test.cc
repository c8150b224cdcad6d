// Recorded exchanges with real API servers, replayed against this one.

#include "test/support/catch.h"
#include "test/support/paths.h"
#include "test/unit/apiserver/stage.h"
#include "test/unit/apiserver/test_api.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <utility>

namespace k8sm::apiserver {
namespace {

struct Recording {
  Request request;
  int status = 0;
  std::string content_type;
  std::string warning;
  std::string body;
};

Recording Read(const std::string& name) {
  std::ifstream file(GoldenDirectory() / "recordings" / (name + ".json"));
  REQUIRE(file);
  const JsonDocument json = Parsed(std::string(std::istreambuf_iterator<char>(file), {}));
  const Json &request = *Find(json, "request"), &response = *Find(json, "response");
  const Json& headers = *Find(request, "headers");
  Recording recording;
  recording.request.method = GetString(request, "method");
  recording.request.target = GetString(request, "path");
  recording.request.accept = GetString(headers, "Accept");
  recording.request.content_type = GetString(headers, "Content-Type");
  recording.request.authorization = GetString(headers, "Authorization");
  if (const Json* body = Find(request, "body")) recording.request.body = ToText(*body);
  recording.status = int(GetInt(response, "status"));
  recording.content_type = GetString(*Find(response, "headers"), "Content-Type");
  recording.warning = GetString(*Find(response, "headers"), "Warning");
  recording.body = GetString(response, "body");
  return recording;
}

// Removes metadata.managedFields, an array, with the comma before it.
std::string WithoutManagedFields(std::string text) {
  const std::string member = ",\"managedFields\":[";
  for (std::size_t at; (at = text.find(member)) != std::string::npos;) {
    std::size_t end = at + member.size();
    bool quoted = false;
    for (int depth = 1; depth > 0; ++end) {
      const char c = text[end];
      if (quoted && c == '\\') {
        ++end;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted) {
        depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      }
    }
    text.erase(at, end - at);
  }
  return text;
}

// Replaces everything that differs between servers and between runs.
std::string Comparable(std::string text) {
  text = WithoutManagedFields(std::move(text));
  text = std::regex_replace(text, std::regex("\"uid\":\"[^\"]*\""), "\"uid\":\"U\"");
  text = std::regex_replace(text, std::regex("\"resourceVersion\":\"[^\"]*\""), "\"resourceVersion\":\"R\"");
  text = std::regex_replace(text, std::regex("\"continue\":\"[^\"]*\""), "\"continue\":\"C\"");
  text = std::regex_replace(text, std::regex("(Timestamp\":\")20[^\"]*\""), "$1T\"");
  text = std::regex_replace(text, std::regex("\"name\":\"web-[a-z0-9]{5}\""), "\"name\":\"web-G\"");
  return text;
}

std::string Quoted(const std::string& warning) {
  return warning.empty() ? "" : "299 - \"" + warning + "\"";
}

void CheckAnswer(const Recording& recording, const Response& response) {
  CHECK(response.status == recording.status);
  CHECK(response.content_type == recording.content_type);
  CHECK(Quoted(response.warnings.empty() ? "" : response.warnings.front()) == recording.warning);
  CHECK(Comparable(response.body) == Comparable(recording.body));
}

void Replay(TestApi& api, const std::string& name) {
  INFO(name);
  const Recording recording = Read(name);
  CheckAnswer(recording, api.server().Handle(recording.request));
}

// Stores the objects of a recorded list.
void Restore(TestApi& api, const std::string& name, const std::string& resource, const std::string& ns) {
  const JsonDocument list = Parsed(Read(name).body);
  for (const Json* item : Elements(list, "items")) {
    const Result<std::string> stored = api.server().Create(resource, ns, ToText(*item));
    INFO((stored ? "" : stored.error().message));
    REQUIRE(stored.has_value());
  }
}

void MakeNamespaces(TestApi& api) {
  api.Post("/api/v1/namespaces", R"({"metadata":{"name":"rec"}})");
  api.Post("/api/v1/namespaces", R"({"metadata":{"name":"ending","finalizers":["example.com/wait"]}})");
  api.Delete("/api/v1/namespaces/ending");
}

TEST_CASE("creating, updating and deleting Endpoints is answered as recorded") {
  TestApi api;
  MakeNamespaces(api);
  Replay(api, "create-endpoints");
  Replay(api, "create-endpoints-exists");

  const Response stored = api.Get("/api/v1/namespaces/rec/endpoints/web2");
  Recording update = Read("update-endpoints");
  Recording conflict = Read("update-endpoints-conflict");
  for (Recording* recording : {&update, &conflict}) {
    JsonDocument body = Parsed(recording->request.body);
    Json& metadata = EnsureObject(body, "metadata", body.GetAllocator());
    SetString(metadata, "uid", TextAt(stored, {"metadata", "uid"}), body.GetAllocator());
    SetString(metadata, "resourceVersion", TextAt(stored, {"metadata", "resourceVersion"}),
              body.GetAllocator());
    recording->request.body = ToText(body);
  }
  CheckAnswer(update, api.server().Handle(update.request));
  CheckAnswer(conflict, api.server().Handle(conflict.request));

  Replay(api, "update-endpoints-missing");
  Replay(api, "delete-endpoints");
  Replay(api, "delete-endpoints-missing");
  Replay(api, "get-missing");
}

TEST_CASE("invalid Endpoints, and Endpoints in a terminating namespace, are refused as recorded") {
  TestApi api;
  MakeNamespaces(api);
  Replay(api, "create-endpoints-loopback");
  Replay(api, "create-endpoints-linklocal");
  Replay(api, "create-endpoints-garbage");
  Replay(api, "create-endpoints-terminating");
}

TEST_CASE("creating slices, leases and events is answered as recorded") {
  TestApi api;
  MakeNamespaces(api);
  Replay(api, "create-slice");
  Replay(api, "create-lease");
  Replay(api, "get-lease");
  Replay(api, "create-event");
}

TEST_CASE("lists of pods, services, slices and Endpoints are written as recorded") {
  TestApi api;
  Restore(api, "list-pods-rv0", "pods", "rec");
  Restore(api, "list-services", "services", "rec");
  Restore(api, "list-slices", "endpointslices", "rec");
  Replay(api, "list-pods-rv0");
  Replay(api, "list-pods-page1");
  Replay(api, "list-services");
  Replay(api, "list-slices");
  Replay(api, "list-gzip");
  Replay(api, "list-endpoints-empty");
}

TEST_CASE("a recorded continue token decodes to the key of the next page and encodes to the same token") {
  const JsonDocument list = Parsed(Read("list-pods-page1").body);
  const Json* metadata = Find(list, "metadata");
  Outcome<ContinueToken> token = ContinueToken::Decode(GetString(*metadata, "continue"));
  REQUIRE(token.has_value());
  CHECK(std::to_string(token->revision) == GetString(*metadata, "resourceVersion"));
  token->start = token->start.substr(0, token->start.find('\0'));
  CHECK(token->start == "/web-1");
  CHECK(token->Encode() == GetString(*metadata, "continue"));
}

TEST_CASE("a list of nodes is written as recorded") {
  TestApi api;
  Restore(api, "list-nodes", "nodes", "");
  for (int i = 3; i <= 6; ++i) {
    REQUIRE(api.server()
                .Create("nodes", "", R"({"metadata":{"name":"node-)" + std::to_string(i) + "\"}}")
                .has_value());
  }
  Replay(api, "list-nodes");
}

TEST_CASE("a refused, a future and an expired watch are answered as recorded") {
  TestApi api;
  MakeNamespaces(api);
  Replay(api, "watchlist-refused");

  const Recording future = Read("watch-future");
  Request request = future.request;
  request.target = "/api/v1/pods?watch=true&resourceVersion=9999999999999999&timeoutSeconds=3";
  const Response response = api.server().Handle(request);
  CHECK(response.status == future.status);
  CHECK(EventsOf(response).empty());

  const Recording old = Read("watch-too-old");
  const std::vector<std::string> events = EventsOf(api.server().Handle(old.request));
  REQUIRE(events.size() == 1);
  const std::regex revision(R"(\(\d+\))");
  CHECK(std::regex_replace(events.front() + "\n", revision, "(R)") ==
        std::regex_replace(old.body, revision, "(R)"));
}

TEST_CASE("the bookmark that ends a streaming list is written as recorded") {
  TestApi api;
  Restore(api, "list-pods-rv0", "pods", "rec");
  const Recording recording = Read("watchlist-pods");
  const std::vector<std::string> events = EventsOf(api.server().Handle(recording.request));
  REQUIRE(events.size() == 6);
  CHECK(recording.body.find("k8s.io/initial-events-end") != std::string::npos);
  const std::size_t last = recording.body.rfind("{\"type\":\"BOOKMARK\"");
  CHECK(Comparable(events.back() + "\n") == Comparable(recording.body.substr(last)));
}

TEST_CASE("a bad continue token is refused as recorded, except for the wording of the JSON parser") {
  TestApi api;
  const Recording recording = Read("list-pods-bad-continue");
  const Response response = api.server().Handle(recording.request);
  CHECK(response.status == recording.status);
  const std::string prefix = "invalid continue token: continue key is not valid: ";
  CHECK(TextAt(response, {"message"}).starts_with(prefix));
  CHECK(At(response, {"reason"}) == At(recording.body, {"reason"}));
}

TEST_CASE("a request with a wrong token is refused as recorded") {
  ApiServerOptions options;
  options.tokens = ParseTokens("secret,admin,1").value();
  TestApi api(options);
  Replay(api, "unauthorized");
  Request request = Read("unauthorized").request;
  request.authorization = "Bearer secret";
  CHECK(api.server().Handle(request).status == 200);
  CHECK(api.Get("/healthz").status == 200);
}

TEST_CASE("discovery describes each served resource as the recorded server does") {
  TestApi api;
  Replay(api, "discovery-discovery-v1");
  const JsonDocument real = Parsed(Read("discovery-core").body);
  const JsonDocument ours = Parsed(api.Get("/api/v1").body);
  CHECK(SameMember(ours, real, "kind"));
  CHECK(SameMember(ours, real, "groupVersion"));
  for (const Json* resource : Elements(ours, "resources")) {
    const std::vector<const Json*> all = Elements(real, "resources");
    INFO(ToText(*resource));
    CHECK(std::any_of(all.begin(), all.end(), [&](const Json* one) { return *one == *resource; }));
  }
}

// Old servers write the members in another order, so that only errors are compared as text.
void CheckOldAnswer(const Recording& recording, const Response& response) {
  CHECK(response.status == recording.status);
  CHECK(response.content_type == recording.content_type);
  CHECK(response.warnings.empty());
  const bool exact = recording.status >= 400;
  const std::string got = Comparable(response.body), want = Comparable(recording.body);
  if (exact) CHECK(got == want);
  INFO(got);
  INFO(want);
  CHECK(Parsed(got) == Parsed(want));
}

void ReplayOld(TestApi& api, const std::string& name) {
  INFO(name);
  const Recording recording = Read(name);
  CheckOldAnswer(recording, api.server().Handle(recording.request));
}

struct OldApi {
  explicit OldApi(const std::string& version_) : version(version_), api({.emulate = version_}) {
    api.Post("/api/v1/namespaces", R"({"metadata":{"name":"rec"}})");
  }
  std::string Name(const std::string& what) const { return "k8s-" + version + "-" + what; }

  std::string version;
  TestApi api;
};

std::string FromNow(const ApiServer& server, const std::string& target) {
  return std::regex_replace(target, std::regex("resourceVersion=[0-9]*"),
                            "resourceVersion=" + std::to_string(server.ResourceVersion()));
}

TEST_CASE("an emulated old server answers for its version, missing groups and a missing object as recorded") {
  OldApi old(GENERATE("1.1", "1.5"));
  for (const char* name : {"version", "no-leases", "no-discovery-group", "not-found"})
    ReplayOld(old.api, old.Name(name));
}

TEST_CASE("an emulated old server has the API groups that were recorded") {
  OldApi old(GENERATE("1.1", "1.5"));
  const Recording recording = Read(old.Name("apis"));
  JsonDocument want = Parsed(recording.body);
  for (Json* group : Elements(want, "groups")) Remove(*group, "serverAddressByClientCIDRs");
  const Response response = old.api.server().Handle(recording.request);
  INFO(response.body);
  INFO(ToText(want));
  CHECK(Parsed(response.body) == want);
}

TEST_CASE("an emulated old server answers writes of Endpoints and events as recorded") {
  OldApi old(GENERATE("1.1", "1.5"));
  ReplayOld(old.api, old.Name("create-endpoints"));
  ReplayOld(old.api, old.Name("create-endpoints-without-ports"));
  ReplayOld(old.api, old.Name("update-conflict"));
  ReplayOld(old.api, old.Name("create-event"));
}

TEST_CASE("an emulated old server writes lists as recorded, without pages") {
  OldApi old(GENERATE("1.1", "1.5"));
  Restore(old.api, old.Name("list-pods"), "pods", "rec");
  Restore(old.api, old.Name("list-services"), "services", "rec");
  ReplayOld(old.api, old.Name("list-pods"));
  ReplayOld(old.api, old.Name("list-services"));
}

TEST_CASE("an emulated old server answers a watch as recorded, with and without sendInitialEvents") {
  OldApi old(GENERATE("1.1", "1.5"));
  Restore(old.api, old.Name("list-pods"), "pods", "rec");
  const Recording stream = Read(old.Name("watch-asked-to-stream"));
  Response response = old.api.server().Handle(stream.request);
  CHECK(response.content_type == stream.content_type);
  std::vector<std::string> got = EventsOf(response), want;
  std::istringstream lines(stream.body);
  for (std::string line; std::getline(lines, line);) want.push_back(line);
  // The order of the initial events is up to the server.
  std::sort(got.begin(), got.end());
  std::sort(want.begin(), want.end());
  REQUIRE(got.size() == want.size());
  for (const std::string& event : got) {
    INFO(event);
    CHECK(std::any_of(want.begin(), want.end(), [&](const std::string& one) {
      return Parsed(Comparable(one)) == Parsed(Comparable(event));
    }));
  }

  const Recording endpoints = Read(old.Name("watch-endpoints"));
  Request request = endpoints.request;
  request.target = FromNow(old.api.server(), request.target);
  response = old.api.server().Handle(request);
  old.api.server().Handle(Read(old.Name("create-endpoints")).request);
  old.api.server().Handle(Read(old.Name("create-endpoints-without-ports")).request);
  CHECK(response.content_type == endpoints.content_type);
  std::string all;
  for (const std::string& event : EventsOf(response)) all += event + "\n";
  std::istringstream got_lines(all), want_lines(endpoints.body);
  for (std::string line; std::getline(want_lines, line);) {
    std::string event;
    REQUIRE(std::getline(got_lines, event));
    INFO(event);
    CHECK(Parsed(Comparable(event)) == Parsed(Comparable(line)));
  }
}

Awaitable<void> ReplayFirstWatch(ApiServer& server, Client client) {
  server.Handle({.method = "POST", .target = "/api/v1/namespaces", .body = R"({"metadata":{"name":"rec"}})"});
  const Recording recording = Read("k8s-1.1-watch-endpoints");
  co_await client.Send(GetText(FromNow(server, recording.request.target)));
  const std::string head = co_await client.ReadUntil("\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(Contains(head, "\r\nTransfer-Encoding: chunked\r\n"));
  CHECK_FALSE(Contains(head, "Content-Type"));
  server.Handle(Read("k8s-1.1-create-endpoints").request);
  server.Handle(Read("k8s-1.1-create-endpoints-without-ports").request);
  std::istringstream lines(recording.body);
  for (std::string want; std::getline(lines, want);) {
    const std::string got = co_await client.ReadUntil("}}\n");
    INFO(got);
    // The chunk size precedes it.
    CHECK(Parsed(Comparable(got.substr(got.find('{')))) == Parsed(Comparable(want)));
  }
}

TEST_CASE("an emulated Kubernetes 1.1 sends a watch as recorded, without a Content-Type") {
  Stage({.emulate = "1.1"}).Run(ReplayFirstWatch);
}

TEST_CASE("an emulated Kubernetes 1.1 ignores timeoutSeconds of a watch, and 1.5 honours it") {
  const std::string watch = "/api/v1/pods?watch=true&timeoutSeconds=3";
  for (const auto& [version, is_known] : {std::pair{"1.1", false}, {"1.5", true}}) {
    OldApi old(version);
    const Response response = old.api.Get(watch);
    REQUIRE(response.watch);
    CHECK((response.watch->timeout() == std::chrono::seconds(3)) == is_known);
  }
}

TEST_CASE("an emulated Kubernetes 1.1 ignores the uid precondition of a delete, and 1.5 honours it") {
  for (const auto& [version, status] : {std::pair{"1.1", 200}, {"1.5", 409}}) {
    OldApi old(version);
    const std::string path = "/api/v1/namespaces/rec/endpoints";
    old.api.Post(path, R"({"metadata":{"name":"e"},"subsets":[]})");
    const Response deleted = old.api.server().Handle(
        {.method = "DELETE", .target = path + "/e", .body = R"({"preconditions":{"uid":"other"}})"});
    CHECK(deleted.status == status);
  }
}

TEST_CASE("ApiServer::Create on an emulated old server drops the fields that a request would lose") {
  OldApi old("1.1");
  const std::string pod =
      R"({"metadata":{"name":"p","namespace":"rec"},"spec":{"containers":[{"name":"c","image":"i"}],)"
      R"("nodeName":"n"},"status":{"phase":"Running","podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"}]}})";
  const std::string created = old.api.server().Create("pods", "rec", pod).value();
  CHECK(At(created, {"status", "podIPs"}).empty());
  CHECK(At(created, {"status", "podIP"}) == "\"10.0.0.1\"");
  CHECK(old.api.server().Get("pods", "rec", "p").value() == created);
  CHECK(old.api.server().List("pods", "rec").value() == std::vector<std::string>{created});
  CHECK(Parsed(old.api.Get("/api/v1/namespaces/rec/pods/p").body) == Parsed(created));
  const std::string endpoints =
      R"({"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"10.0.0.1","nodeName":"n"}],"ports":[{"port":80}]}]})";
  CHECK(At(old.api.server().Create("endpoints", "rec", endpoints).value(),
           {"subsets", "0", "addresses", "0", "nodeName"})
            .empty());
}

TEST_CASE("an emulated old server answers an expired watch as recorded") {
  OldApi old(GENERATE("1.1", "1.5"));
  const Recording recording = Read(old.Name("watch-old"));
  const Response response = old.api.server().Handle(recording.request);
  CHECK(response.status == recording.status);
  CHECK(response.content_type == recording.content_type);
  const std::string got = response.watch ? EventsOf(response).front() + "\n" : response.body;
  const std::regex revision(R"(\(\d+\))");
  CHECK(std::regex_replace(got, revision, "(R)") == std::regex_replace(recording.body, revision, "(R)"));
}

TEST_CASE(
    "an emulated Kubernetes 1.20 has leases, v1beta1 slices and pages, and takes subsets without ports") {
  OldApi old("1.20");
  CHECK(old.api.Get("/apis/coordination.k8s.io/v1").status == 200);
  CHECK(old.api.Get("/apis/discovery.k8s.io/v1").status == 404);
  CHECK(At(old.api.Get("/apis/discovery.k8s.io/v1beta1"), {"groupVersion"}) ==
        "\"discovery.k8s.io/v1beta1\"");
  const std::string slices = "/apis/discovery.k8s.io/v1beta1/namespaces/rec/endpointslices";
  const Response slice =
      old.api.Post(slices, R"({"apiVersion":"discovery.k8s.io/v1beta1","kind":"EndpointSlice",)"
                           R"("metadata":{"name":"s"},"addressType":"IPv4","endpoints":[]})");
  CHECK(slice.status == 201);
  CHECK(At(slice, {"apiVersion"}) == "\"discovery.k8s.io/v1beta1\"");
  CHECK(At(old.api.Get(slices), {"apiVersion"}) == "\"discovery.k8s.io/v1beta1\"");
  old.api.Post("/api/v1/namespaces/rec/pods", PodJson("a"));
  old.api.Post("/api/v1/namespaces/rec/pods", PodJson("b"));
  const Response page = old.api.Get("/api/v1/namespaces/rec/pods?limit=1");
  CHECK_FALSE(At(page, {"metadata", "continue"}).empty());
  CHECK(At(page, {"metadata", "selfLink"}).empty());
  CHECK(old.api
            .Post("/api/v1/namespaces/rec/endpoints",
                  R"({"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"10.0.0.1"}]}]})")
            .status == 201);
}

TEST_CASE("leases are served by emulated Kubernetes 1.20 and 1.36 but not by 1.1 and 1.5") {
  for (const auto& [version, status] : {std::pair{"1.1", 404}, {"1.5", 404}, {"1.20", 201}, {"1.36", 201}}) {
    CAPTURE(version);
    OldApi old(version);
    CHECK(old.api
              .Post("/apis/coordination.k8s.io/v1/namespaces/rec/leases",
                    R"({"metadata":{"name":"x"},"spec":{"holderIdentity":"a"}})")
              .status == status);
  }
}

TEST_CASE(
    "an emulated 1.5 counts a refused write, and an update that differs only in new fields changes nothing") {
  OldApi old("1.5");
  const std::string path = "/api/v1/namespaces/rec/endpoints";
  old.api.Post(path, R"({"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"10.0.0.1"}]}]})");
  CHECK(old.api.server().requests().Count("create", "endpoints") == 1);
  const auto body = [](const std::string& app) {
    return R"({"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":80)" +
           app + "}]}]}";
  };
  const Response created = old.api.Post(path, body(R"(,"appProtocol":"http")"));
  REQUIRE(created.status == 201);
  CHECK(At(created, {"subsets", "0", "ports", "0", "appProtocol"}).empty());
  const Response updated = old.api.Put(path + "/e", body(R"(,"appProtocol":"grpc")"));
  CHECK(At(updated, {"metadata", "resourceVersion"}) == At(created, {"metadata", "resourceVersion"}));
}

}  // namespace
}  // namespace k8sm::apiserver
