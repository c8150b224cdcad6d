// Exchanges with a real API server, asked of this one.

#include "test/support/catch.h"
#include "test/support/paths.h"
#include "test/unit/apiserver/test_api.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

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

// Cuts out a member of metadata with its value, an array, and the comma before it.
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

// What differs from server to server and from run to run, made the same.
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

// Stores what a recorded list shows.
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

TEST_CASE("the life of an endpoints object is answered as recorded") {
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

TEST_CASE("writes that the server refuses are refused as recorded") {
  TestApi api;
  MakeNamespaces(api);
  Replay(api, "create-endpoints-loopback");
  Replay(api, "create-endpoints-linklocal");
  Replay(api, "create-endpoints-garbage");
  Replay(api, "create-endpoints-terminating");
}

TEST_CASE("slices and leases and events are created as recorded") {
  TestApi api;
  MakeNamespaces(api);
  Replay(api, "create-slice");
  Replay(api, "create-lease");
  Replay(api, "get-lease");
  Replay(api, "create-event");
}

TEST_CASE("lists are written as recorded") {
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

TEST_CASE("a page names the key where the next begins as recorded") {
  const JsonDocument list = Parsed(Read("list-pods-page1").body);
  const Json* metadata = Find(list, "metadata");
  Outcome<ContinueToken> token = ContinueToken::Decode(GetString(*metadata, "continue"));
  REQUIRE(token.has_value());
  CHECK(std::to_string(token->revision) == GetString(*metadata, "resourceVersion"));
  token->start = token->start.substr(0, token->start.find('\0'));
  CHECK(token->start == "/web-1");
  CHECK(token->Encode() == GetString(*metadata, "continue"));
}

TEST_CASE("nodes are written as recorded") {
  TestApi api;
  Restore(api, "list-nodes", "nodes", "");
  for (int i = 3; i <= 6; ++i) {
    REQUIRE(api.server()
                .Create("nodes", "", R"({"metadata":{"name":"node-)" + std::to_string(i) + "\"}}")
                .has_value());
  }
  Replay(api, "list-nodes");
}

TEST_CASE("watches are refused and expire as recorded") {
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

TEST_CASE("bookmarks are written as recorded") {
  TestApi api;
  Restore(api, "list-pods-rv0", "pods", "rec");
  const Recording recording = Read("watchlist-pods");
  const std::vector<std::string> events = EventsOf(api.server().Handle(recording.request));
  REQUIRE(events.size() == 6);
  CHECK(recording.body.find("k8s.io/initial-events-end") != std::string::npos);
  const std::size_t last = recording.body.rfind("{\"type\":\"BOOKMARK\"");
  CHECK(Comparable(events.back() + "\n") == Comparable(recording.body.substr(last)));
}

TEST_CASE("a bad continue token is refused as recorded but for the words of the JSON parser") {
  TestApi api;
  const Recording recording = Read("list-pods-bad-continue");
  const Response response = api.server().Handle(recording.request);
  CHECK(response.status == recording.status);
  const std::string prefix = "invalid continue token: continue key is not valid: ";
  CHECK(TextAt(response, {"message"}).starts_with(prefix));
  CHECK(At(response, {"reason"}) == At(recording.body, {"reason"}));
}

TEST_CASE("a caller with another token is refused as recorded") {
  ApiServerOptions options;
  options.tokens = ParseTokens("secret,admin,1").value();
  TestApi api(options);
  Replay(api, "unauthorized");
  Request request = Read("unauthorized").request;
  request.authorization = "Bearer secret";
  CHECK(api.server().Handle(request).status == 200);
  CHECK(api.Get("/healthz").status == 200);
}

TEST_CASE("discovery tells what the recorded server does of the resources that are served") {
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

}  // namespace
}  // namespace k8sm::apiserver
