#include "test/support/catch.h"
#include "test/unit/apiserver/test_api.h"

namespace k8sm::apiserver {
namespace {

using Strings = std::vector<std::string>;

std::string Version(TestApi& api) {
  return std::to_string(api.server().ResourceVersion());
}

Response Watch(TestApi& api, const std::string& query) {
  return api.Get(std::string(kPods) + "?watch=true&" + query);
}

TEST_CASE("a watch begins after the resourceVersion that it gives") {
  TestApi api;
  api.Post(kPods, PodJson("a"));
  const std::string from = Version(api);
  api.Post(kPods, PodJson("b"));
  const std::string later = Version(api);
  api.MergePatch(std::string(kPods) + "/b", R"({"metadata":{"labels":{"x":"y"}}})");
  api.Delete(std::string(kPods) + "/a");
  CHECK(Summary(Watch(api, "resourceVersion=" + from)) ==
        Strings{"ADDED b", "MODIFIED b", "MODIFIED a", "DELETED a"});
  CHECK(Summary(Watch(api, "resourceVersion=" + later)) == Strings{"MODIFIED b", "MODIFIED a", "DELETED a"});
  const Response now = Watch(api, "resourceVersion=" + Version(api));
  CHECK(Summary(now).empty());
  api.Post(kPods, PodJson("c"));
  CHECK(Summary(now) == Strings{"ADDED c"});
  CHECK(Summary(now).empty());
}

TEST_CASE("a watch without a resourceVersion, or with 0, begins with the existing objects") {
  TestApi api;
  api.Post(kPods, PodJson("b"));
  api.Post(kPods, PodJson("a"));
  for (const char* query : {"", "resourceVersion=0"}) {
    const Response watch = Watch(api, query);
    CHECK(Summary(watch) == Strings{"ADDED a", "ADDED b"});
    api.MergePatch(std::string(kPods) + "/a",
                   R"({"metadata":{"labels":{"x":")" + std::string(query).substr(0, 3) + R"(z"}}})");
    CHECK(Summary(watch) == Strings{"MODIFIED a"});
  }
}

TEST_CASE("a streaming list ends with its bookmark and continues as a watch") {
  TestApi api;
  api.Post(kPods, PodJson("a"));
  const Response watch =
      Watch(api, "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
  api.Post(kPods, PodJson("b"));
  const Strings events = EventsOf(watch);
  REQUIRE(events.size() == 3);
  CHECK(At(events[0], {"object", "metadata", "name"}) == "\"a\"");
  CHECK(At(events[1], {"object", "metadata", "annotations"}) == R"({"k8s.io/initial-events-end":"true"})");
  CHECK(At(events[2], {"object", "metadata", "name"}) == "\"b\"");
  // A watch from the bookmark's version misses nothing.
  const std::string version = At(events[1], {"object", "metadata", "resourceVersion"});
  CHECK(Summary(Watch(api, "resourceVersion=" + version.substr(1, version.size() - 2))) ==
        Strings{"ADDED b"});
}

TEST_CASE("a watch with a selector sends ADDED and DELETED when an object begins and ceases to match") {
  TestApi api;
  const Response watch = Watch(api, "labelSelector=app=web&resourceVersion=" + Version(api));
  const std::string pod = std::string(kPods) + "/a";
  api.Post(kPods, PodJson("a", R"({"app":"db"})"));
  CHECK(Summary(watch).empty());
  api.MergePatch(pod, R"({"metadata":{"labels":{"app":"web"}}})");
  CHECK(Summary(watch) == Strings{"ADDED a"});
  api.MergePatch(pod, R"({"metadata":{"labels":{"x":"y"}}})");
  CHECK(Summary(watch) == Strings{"MODIFIED a"});
  api.MergePatch(pod, R"({"metadata":{"labels":{"app":"db"}}})");
  const Strings events = EventsOf(watch);
  REQUIRE(events.size() == 1);
  CHECK(At(events[0], {"type"}) == "\"DELETED\"");
  // The state that matched, at the version of the change.
  CHECK(At(events[0], {"object", "metadata", "labels", "app"}) == "\"web\"");
  CHECK(At(events[0], {"object", "metadata", "resourceVersion"}) == "\"" + Version(api) + "\"");
  api.Delete(pod);
  CHECK(Summary(watch).empty());
}

TEST_CASE("a watch can be limited to one namespace or one name") {
  TestApi api;
  api.Post("/api/v1/namespaces", R"({"metadata":{"name":"default-2"}})");
  const std::string from = Version(api);
  const Response here = Watch(api, "resourceVersion=" + from);
  const Response one = api.Get(std::string(kPods) + "/b?watch=true&resourceVersion=" + from);
  api.Post("/api/v1/namespaces/default-2/pods", PodJson("a"));
  api.Post(kPods, PodJson("b"));
  api.Post(kPods, PodJson("c"));
  CHECK(Summary(here) == Strings{"ADDED b", "ADDED c"});
  CHECK(Summary(one) == Strings{"ADDED b"});
  CHECK(Summary(api.Get("/api/v1/pods?watch=1&resourceVersion=" + from)) ==
        Strings{"ADDED a", "ADDED b", "ADDED c"});
}

TEST_CASE("a watch from before a compaction gets an ERROR, and one under way loses nothing") {
  TestApi api;
  const std::string from = Version(api);
  api.Post(kPods, PodJson("a"));
  const Response under_way = Watch(api, "resourceVersion=" + from);
  api.server().Compact();
  const Response late = Watch(api, "resourceVersion=" + from);
  CHECK(Summary(late) == Strings{"ERROR"});
  CHECK(late.watch->HasMore());
  std::string text;
  CHECK(late.watch->Read(text, 100) == WatchStream::State::kEnded);
  CHECK(Summary(under_way) == Strings{"ADDED a"});
  CHECK(Summary(Watch(api, "resourceVersion=" + Version(api))).empty());
}

TEST_CASE("the history holds the given number of events per resource") {
  ApiServerOptions options;
  options.history = 2;
  TestApi api(options);
  const std::string before = Version(api);
  api.Post(kPods, PodJson("a"));
  const std::string first = Version(api);
  const Response slow = Watch(api, "resourceVersion=" + before);
  api.Post(kPods, PodJson("b"));
  api.Post(kPods, PodJson("c"));
  CHECK(Summary(Watch(api, "resourceVersion=" + before)) == Strings{"ERROR"});
  CHECK(Summary(Watch(api, "resourceVersion=" + first)) == Strings{"ADDED b", "ADDED c"});
  // A watch that has fallen behind the history is cut off.
  std::string text;
  CHECK(slow.watch->Read(text, 100) == WatchStream::State::kEnded);
  CHECK(text.empty());
  // Other resources have a history of their own.
  CHECK(Summary(api.Get("/api/v1/services?watch=1&resourceVersion=" + before)).empty());
}

TEST_CASE("Read stops at the given size and reports that there is more") {
  TestApi api;
  for (const char* name : {"a", "b", "c"}) api.Post(kPods, PodJson(name));
  const Response watch = Watch(api, "");
  std::string text;
  CHECK(watch.watch->Read(text, 1) == WatchStream::State::kMore);
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK(watch.watch->Read(text, 1 << 20) == WatchStream::State::kIdle);
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
}

TEST_CASE("only a watch with allowWatchBookmarks gets bookmarks") {
  TestApi api;
  std::string text;
  Watch(api, "resourceVersion=" + Version(api)).watch->Bookmark(text);
  CHECK(text.empty());
  const Response watch =
      Watch(api, "allowWatchBookmarks=true&timeoutSeconds=7&resourceVersion=" + Version(api));
  CHECK(watch.watch->timeout() == std::chrono::seconds(7));
  watch.watch->Bookmark(text);
  CHECK(text ==
        R"({"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":")" +
            Version(api) + R"("},"spec":{"containers":null},"status":{}}})" + "\n");
}

TEST_CASE("the callback of OnEvent is called for each event of the watch until it is removed") {
  TestApi api;
  const Response watch = Watch(api, "resourceVersion=" + Version(api));
  int heard = 0;
  watch.watch->OnEvent([&heard] { ++heard; });
  api.Post(kPods, PodJson("a"));
  CHECK(heard == 1);
  api.Post(kServices, ServiceJson("s", R"("ports":[{"port":1}])"));
  CHECK(heard == 1);
  watch.watch->OnEvent({});
  api.Post(kPods, PodJson("b"));
  CHECK(heard == 1);
}

TEST_CASE("a watch can send Tables, of which only the first has column definitions") {
  TestApi api;
  Request request;
  request.target = std::string(kPods) + "?watch=true&resourceVersion=" + Version(api);
  request.accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  const Response watch = api.server().Handle(request);
  api.Post(kPods, PodJson("a"));
  api.Post(kPods, PodJson("b"));
  const Strings events = EventsOf(watch);
  REQUIRE(events.size() == 2);
  CHECK(At(events[0], {"object", "kind"}) == "\"Table\"");
  CHECK(At(events[0], {"object", "rows", "0", "cells", "0"}) == "\"a\"");
  CHECK(At(events[0], {"object", "columnDefinitions", "0", "name"}) == "\"Name\"");
  CHECK(At(events[1], {"object", "columnDefinitions"}) == "null");
}

}  // namespace
}  // namespace k8sm::apiserver
