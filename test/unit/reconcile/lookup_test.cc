// Looking up directly what the API server holds for a service.

#include "controller/reconcile/lookup.h"

#include "lib/client/api_client.h"
#include "test/support/catch.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <memory>
#include <string>

namespace k8sm::controller {
namespace {

using client::AnswerWith;
using client::JsonAnswer;
using kube::Endpoints;
using kube::EndpointSlice;
using kube::ObjectKey;
using kube::Symbol;

const ObjectKey kWeb{Symbol("shop"), Symbol("web")};

// What is found, as "a=5 b=6, unreadable: c", or the error.
template <class T>
std::string LookUpText(const std::string& answer) {
  asio::io_context io;
  client::ScriptServer server(io, {{{answer}}});
  const auto client = client::ApiClient::Create(io.get_executor(), server.config(), {}).value();
  const auto found = client::Run(io, LookUp<T>(*client, kWeb));
  if (!found) return std::string(ToString(found.error().code));
  std::string text;
  for (const T& each : found->objects)
    text += (text.empty() ? "" : " ") + each.meta.name + "=" + each.meta.resource_version.Text();
  for (const kube::ObjectMeta& each : found->unreadable) text += ", unreadable: " + each.name;
  return text;
}

std::string Object(const std::string& name, const std::string& rest) {
  return R"({"metadata":{"name":")" + name + R"(","namespace":"shop","uid":"uid-1","resourceVersion":"5")" +
         rest + "}";
}

TEST_CASE("LookUp tells apart Endpoints that are readable, unreadable or absent") {
  CHECK(LookUpText<Endpoints>(JsonAnswer(Object("web", "}"))) == "web=5");
  CHECK(LookUpText<Endpoints>(JsonAnswer(Object("web", R"(},"subsets":7)"))) == ", unreadable: web");
  CHECK(LookUpText<Endpoints>(AnswerWith("404 Not Found", "", "{}")).empty());
}

TEST_CASE("LookUp returns the slices that this controller manages, and lists unreadable ones") {
  const std::string of_web = R"(,"labels":{"kubernetes.io/service-name":"web")";
  const std::string ours =
      of_web + R"(,"endpointslice.kubernetes.io/managed-by":"k8sm-controller-manager"}})";
  const std::string rest = R"(,"addressType":"IPv4","endpoints":[],"ports":[])";
  CHECK(LookUpText<EndpointSlice>(
            JsonAnswer(R"({"kind":"EndpointSliceList","metadata":{"resourceVersion":"20"},"items":[)" +
                       Object("a", ours + rest) + "," + Object("b", of_web + "}}" + rest) + "," +
                       Object("c", ours + R"(,"endpoints":7)") + "," + Object("d", ours + rest) + "]}")) ==
        "a=5 d=5, unreadable: c");
}

TEST_CASE("LookUp fails on an answer that says nothing about the objects") {
  CHECK(LookUpText<Endpoints>(AnswerWith("403 Forbidden", "", "{}")) == "forbidden");
  CHECK(LookUpText<Endpoints>(JsonAnswer("{}")) == "malformed input");
  CHECK(LookUpText<EndpointSlice>(AnswerWith("403 Forbidden", "", "{}")) == "forbidden");
  CHECK(LookUpText<EndpointSlice>(AnswerWith("404 Not Found", "", "{}")) == "not found");
  CHECK(LookUpText<EndpointSlice>(JsonAnswer("{}")) == "malformed input");
  CHECK(LookUpText<EndpointSlice>(JsonAnswer(R"({"kind":"EndpointSliceList","items":[7,)")) ==
        "malformed input");
}

// Whether the service exists, "exists" or "absent", or the error.
std::string ExistsText(const std::string& answer) {
  asio::io_context io;
  client::ScriptServer server(io, {{{answer}}});
  const auto client = client::ApiClient::Create(io.get_executor(), server.config(), {}).value();
  const auto exists = client::Run(io, ServiceExists(*client, kWeb));
  if (!exists) return std::string(ToString(exists.error().code));
  return *exists ? "exists" : "absent";
}

std::string Services(const std::string& items) {
  return R"({"kind":"ServiceList","metadata":{"resourceVersion":"20"},"items":)" + items + "}";
}

TEST_CASE("a service exists if the list of those with its name is not empty, readable or not") {
  CHECK(ExistsText(JsonAnswer(Services("[" + Object("web", "}") + "]"))) == "exists");
  CHECK(ExistsText(JsonAnswer(Services("[" + Object("web", R"(},"spec":7)") + "]"))) == "exists");
  CHECK(ExistsText(JsonAnswer(Services("[]"))) == "absent");
  // Kubernetes 1.5
  CHECK(ExistsText(JsonAnswer(R"({"kind":"ServiceList","apiVersion":"v1","metadata":{},"items":[]})")) ==
        "absent");
  // Kubernetes 1.1: "No field label conversion function found for version v1 and kind Service"
  CHECK(ExistsText(AnswerWith("400 Bad Request", "", "{}")) == "absent");
}

TEST_CASE("an answer that is no list of services does not mean that a service is absent") {
  CHECK(ExistsText(AnswerWith("403 Forbidden", "", "{}")) == "forbidden");
  CHECK(ExistsText(JsonAnswer("{}")) == "malformed input");
  CHECK(ExistsText(JsonAnswer(R"({"kind":"PodList","metadata":{"resourceVersion":"20"},"items":[]})")) ==
        "malformed input");
  CHECK(ExistsText(JsonAnswer(R"({"kind":"ServiceList","metadata":{"resourceVersion":"20"}})")) ==
        "malformed input");
}

}  // namespace
}  // namespace k8sm::controller
