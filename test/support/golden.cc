#include "test/support/golden.h"

#include "lib/kube_json/codec.h"
#include "lib/kube_json/field.h"
#include "test/support/paths.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace k8sm::test {
namespace {

using kube_json::Field;
using rapidjson::Document;
using rapidjson::Value;

std::string TextOf(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

// Returns the namespace of the case's services or pods; nullopt if it has neither.
std::optional<std::string> NamespaceOf(const Document& document) {
  for (const char* list : {"services", "pods"})
    for (const Value& object : document[list].GetArray()) return object["metadata"]["namespace"].GetString();
  return std::nullopt;
}

template <class T>
void ReadObjects(const Field& list, std::vector<T>& objects, std::vector<std::string>& texts) {
  list.ForEach([&](const Field& field) {
    texts.push_back(TextOf(field.value()));
    auto object = kube_json::Decode<T>(texts.back());
    if (object.has_error()) return field.Refuse(object.error().message);
    objects.push_back(*std::move(object));
  });
}

std::vector<GoldenNode> ReadNodes(const Field& field) {
  std::vector<GoldenNode> nodes;
  field.ForEachEntry([&](std::string_view name, const Field& node) {
    nodes.push_back({std::string(name), std::string(node.Member("ip").String()),
                     std::string(node.Member("ip6").String()), std::string(node.Member("zone").String())});
  });
  return nodes;
}

std::vector<ExpectedAddress> ReadAddresses(const Field& list) {
  std::vector<ExpectedAddress> addresses;
  list.ForEach([&](const Field& field) {
    addresses.push_back(
        {std::string(field.Member("ip").String()), std::string(field.Member("nodeName").String()),
         std::string(field.Member("hostname").String()), std::string(field.Member("pod").String())});
  });
  return addresses;
}

std::vector<kube::EndpointPort> ReadPorts(const Field& list) {
  std::vector<kube::EndpointPort> ports;
  list.ForEach([&](const Field& field) {
    ports.push_back({field.Member("name").Symbol(), field.Member("port").Int(),
                     field.Member("protocol").Protocol(), field.Member("appProtocol").OptionalSymbol()});
  });
  return ports;
}

ExpectedService ReadService(const Field& field) {
  ExpectedService expected;
  const Field endpoints = field.Member("endpoints");
  expected.labels = endpoints.Member("labels").Labels();
  expected.annotations = endpoints.Member("annotations").Labels();
  const Field subsets = endpoints.Member("subsets");
  subsets.ForEach([&](const Field& subset) {
    expected.subsets.push_back({ReadAddresses(subset.Member("addresses")),
                                ReadAddresses(subset.Member("notReadyAddresses")),
                                ReadPorts(subset.Member("ports"))});
  });
  const Field skipped = field.Member("skipped");
  skipped.ForEach([&](const Field& skip) {
    expected.skipped.push_back({std::string(skip.Member("pod").String()),
                                std::string(skip.Member("servicePort").String()),
                                std::string(skip.Member("reason").String())});
  });
  const Field slices = field.Member("slices");
  expected.slices_json = slices.present() ? TextOf(slices.value()) : "[]";
  return expected;
}

Expectation ReadExpectation(const Field& field) {
  Expectation expectation;
  field.ForEachEntry([&](std::string_view service, const Field& expected) {
    auto& entry = expectation[std::string(service)];
    if (expected.present()) entry = ReadService(expected);
  });
  return expectation;
}

// Adds the namespace to the existing objects, which the files omit.
void FillInNamespace(const std::string& ns, Document& document) {
  for (Value& object : document["existing_endpoints"].GetArray()) {
    Value& metadata = object["metadata"];
    if (!metadata.HasMember("namespace"))
      metadata.AddMember("namespace", Value(ns, document.GetAllocator()), document.GetAllocator());
  }
}

GoldenCase LoadGoldenCase(const std::filesystem::path& path) {
  Document document;
  document.Parse(ReadFile(path));
  if (document.HasParseError()) throw std::runtime_error(path.string() + " is no JSON");
  GoldenCase golden;
  golden.name = path.stem().string();
  golden.ns = NamespaceOf(document).value_or(golden.name);
  FillInNamespace(golden.ns, document);

  kube_json::Problem problem;
  const Field root(document, problem);
  golden.about = root.Member("about").String();
  golden.nodes = ReadNodes(root.Member("nodes"));
  ReadObjects(root.Member("pods"), golden.pods, golden.pods_json);
  ReadObjects(root.Member("services"), golden.services, golden.services_json);
  ReadObjects(root.Member("existing_endpoints"), golden.existing_endpoints, golden.existing_endpoints_json);
  const Field expect = root.Member("expect");
  golden.host_port = ReadExpectation(expect.Member("host_port"));
  golden.pod_ip = ReadExpectation(expect.Member("pod_ip"));
  if (!problem.empty()) throw std::runtime_error(path.string() + ": " + problem);
  return golden;
}

}  // namespace

std::vector<GoldenCase> LoadGoldenCases() {
  std::vector<GoldenCase> cases;
  for (const char* folder : {"cases", "random"})
    for (const auto& entry : std::filesystem::directory_iterator(GoldenDirectory() / folder))
      cases.push_back(LoadGoldenCase(entry.path()));
  std::ranges::sort(cases, {}, &GoldenCase::name);
  return cases;
}

}  // namespace k8sm::test
