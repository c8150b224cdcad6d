// A server without sockets, with helpers that send it requests and read the responses.

#ifndef K8SM_TEST_UNIT_APISERVER_TEST_API_H_
#define K8SM_TEST_UNIT_APISERVER_TEST_API_H_

#include "test/apiserver/api_server.h"
#include "test/apiserver/json.h"
#include "test/apiserver/watch_stream.h"

#include <boost/asio/io_context.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

class TestApi {
 public:
  explicit TestApi(ApiServerOptions options = {}) : server_(io_.get_executor(), std::move(options)) {}

  Response Send(const std::string& method, const std::string& target, const std::string& body = "",
                const std::string& content_type = "application/json") {
    Request request;
    request.method = method;
    request.target = target;
    request.accept = "application/json";
    request.content_type = content_type;
    request.body = body;
    return server_.Handle(request);
  }

  Response Get(const std::string& target) { return Send("GET", target); }
  Response Post(const std::string& target, const std::string& body) { return Send("POST", target, body); }
  Response Put(const std::string& target, const std::string& body) { return Send("PUT", target, body); }
  Response Delete(const std::string& target, const std::string& body = "") {
    return Send("DELETE", target, body);
  }
  Response MergePatch(const std::string& target, const std::string& body) {
    return Send("PATCH", target, body, "application/merge-patch+json");
  }
  Response StrategicPatch(const std::string& target, const std::string& body) {
    return Send("PATCH", target, body, "application/strategic-merge-patch+json");
  }

  ApiServer& server() { return server_; }

 private:
  asio::io_context io_;
  ApiServer server_;
};

// REQUIRES: the text is JSON.
inline JsonDocument Parsed(std::string_view text) {
  return ParseJson(text).value();
}

// The value at a path, as JSON text; "" where there is none. Numbers in the path are indexes.
inline std::string At(std::string_view text, std::initializer_list<std::string_view> path) {
  const JsonDocument document = Parsed(text);
  const Json* value = &document;
  for (const std::string_view step : path) {
    if (value->IsArray()) {
      const auto index = rapidjson::SizeType(std::stoul(std::string(step)));
      value = index < value->Size() ? &(*value)[index] : nullptr;
    } else {
      value = Find(*value, step);
    }
    if (!value) return "";
  }
  return ToText(*value);
}

inline std::string At(const Response& response, std::initializer_list<std::string_view> path) {
  return At(response.body, path);
}

// A string at a path, without its quotes.
inline std::string TextAt(const Response& response, std::initializer_list<std::string_view> path) {
  const std::string text = At(response, path);
  return text.size() < 2 ? "" : text.substr(1, text.size() - 2);
}

// The lines that a watch has ready to send.
inline std::vector<std::string> EventsOf(const Response& response) {
  std::string text;
  while (response.watch->Read(text, 1 << 20) == WatchStream::State::kMore) {
  }
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// "ADDED web-0", ... of those lines.
inline std::vector<std::string> Summary(const Response& response) {
  std::vector<std::string> events;
  for (const std::string& line : EventsOf(response)) {
    const JsonDocument event = Parsed(line);
    const Json* name = FindPath(event, {"object", "metadata", "name"});
    events.push_back(std::string(GetString(event, "type")) +
                     (name ? std::string(" ") + name->GetString() : ""));
  }
  return events;
}

inline std::string PodJson(const std::string& name, const std::string& labels = R"({"app":"web"})",
                           const std::string& node = "") {
  return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name + R"(","labels":)" + labels +
         R"(},"spec":{)" + (node.empty() ? "" : R"("nodeName":")" + node + R"(",)") +
         R"("containers":[{"name":"main","image":"example/app:1","ports":[{"name":"http","containerPort":8080}]}]}})";
}

inline std::string ServiceJson(const std::string& name, const std::string& spec_members) {
  return R"({"apiVersion":"v1","kind":"Service","metadata":{"name":")" + name + R"("},"spec":{)" +
         spec_members + "}}";
}

inline constexpr char kPods[] = "/api/v1/namespaces/default/pods";
inline constexpr char kServices[] = "/api/v1/namespaces/default/services";
inline constexpr char kEndpoints[] = "/api/v1/namespaces/default/endpoints";
inline constexpr char kSlices[] = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_UNIT_APISERVER_TEST_API_H_
