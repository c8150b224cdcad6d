#include "lib/client/server_capabilities.h"

#include "test/support/catch.h"
#include "test/support/recording.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using test::LoadRecording;

ServerCapabilities Recorded(const std::string& version, const std::string& apis) {
  return ReadCapabilities(LoadRecording(version).body, LoadRecording(apis).body).value();
}

std::string VersionJson(const std::string& major, const std::string& minor, const std::string& git_version) {
  return R"({"major":")" + major + R"(","minor":")" + minor + R"(","gitVersion":")" + git_version + R"("})";
}

std::string ApisJson(const std::vector<std::string>& group_versions) {
  std::string versions;
  for (const std::string& group_version : group_versions)
    versions += (versions.empty() ? "" : ",") + std::string(R"({"groupVersion":")") + group_version + R"("})";
  return R"({"groups":[{"versions":[)" + versions + "]}]}";
}

const std::string kNoGroups = R"({"groups":[]})";

TEST_CASE("ReadCapabilities gives the capabilities of the recorded servers") {
  CHECK(Recorded("version", "discovery-apis") ==
        ServerCapabilities{.major = 1,
                           .minor = 36,
                           .git_version = "v0.0.0-master+8e16b12fda5b1dccc41a6de48b3e356cc7d5048b",
                           .leases = true,
                           .slices = true,
                           .streaming_lists = true,
                           .protobuf = true,
                           .metadata_only = true,
                           .stores_node_name = true,
                           .stores_app_protocol = true});
  // This server was built from its source tree and gives no version.
  CHECK(Recorded("k8s-1.5-version", "k8s-1.5-apis") ==
        ServerCapabilities{
            .git_version = "v0.0.0-master+$Format:%h$", .protobuf = true, .stores_node_name = true});
  CHECK(Recorded("k8s-1.1-version", "k8s-1.1-apis") ==
        ServerCapabilities{.major = 1, .minor = 1, .git_version = "v1.1.0-release-1.1+$Format:%h$"});
}

TEST_CASE("major and minor are read from every form of version, and are 0 where there is none") {
  struct Case {
    std::string json;
    int major;
    int minor;
  };
  const Case cases[] = {
      {VersionJson("1", "27+", "v1.27.3-gke.100"), 1, 27},
      {VersionJson("1", "1.0", ""), 1, 1},
      {VersionJson("", "", "v1.5.2"), 1, 5},
      {VersionJson("", "", "v1.20"), 1, 20},
      {VersionJson("2", "0", "v2.0.0"), 2, 0},
      {VersionJson("", "", "v0.0.0-master"), 0, 0},
      {VersionJson("", "", "1.5.2"), 0, 0},
      {VersionJson("", "", "v1"), 0, 0},
      {VersionJson("x", "36", "weekly"), 0, 0},
      {VersionJson("99999999999999999999", "1", ""), 9999, 1},
      {R"({"major":1,"minor":36})", 0, 0},
      {"{}", 0, 0},
      {"<html>", 0, 0},
      {"", 0, 0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.json);
    const auto server = ReadCapabilities(c.json, kNoGroups);
    REQUIRE(server.has_value());
    CHECK(server->major == c.major);
    CHECK(server->minor == c.minor);
  }
}

TEST_CASE("a capability that depends on the version begins with the release that introduced it") {
  const auto at = [](const std::string& minor) {
    return ReadCapabilities(VersionJson("1", minor, ""), kNoGroups).value();
  };
  CHECK_FALSE(at("26").streaming_lists);
  CHECK(at("27").streaming_lists);
  CHECK_FALSE(at("2").protobuf);
  CHECK(at("3").protobuf);
  CHECK_FALSE(at("14").metadata_only);
  CHECK(at("15").metadata_only);
  CHECK_FALSE(at("3").stores_node_name);
  CHECK(at("4").stores_node_name);
  CHECK_FALSE(at("18").stores_app_protocol);
  CHECK(at("19").stores_app_protocol);
  const auto next = ReadCapabilities(VersionJson("2", "0", ""), kNoGroups).value();
  CHECK(next.streaming_lists);
}

TEST_CASE("leases and EndpointSlices are available if their API group is served") {
  const auto with = [](const std::string& group) { return ReadCapabilities("", ApisJson({group})).value(); };
  CHECK(with("coordination.k8s.io/v1").leases);
  CHECK_FALSE(with("coordination.k8s.io/v1beta1").leases);
  CHECK(with("discovery.k8s.io/v1").slices);
  CHECK_FALSE(with("discovery.k8s.io/v1").slices_v1beta1);
  CHECK(with("discovery.k8s.io/v1beta1").slices_v1beta1);
  CHECK_FALSE(with("discovery.k8s.io/v1beta1").slices);
  CHECK(ReadCapabilities("", ApisJson({"apps/v1", "coordination.k8s.io/v1"}))->leases);
}

TEST_CASE("without a version, the API groups that are served tell what the server can do at least") {
  const auto with = [](const std::string& group) { return ReadCapabilities("", ApisJson({group})).value(); };
  CHECK_FALSE(with("autoscaling/v1").stores_node_name);
  CHECK(with("storage.k8s.io/v1beta1").stores_node_name);
  CHECK(with("events.k8s.io/v1").stores_app_protocol);
  CHECK_FALSE(with("discovery.k8s.io/v1beta1").stores_app_protocol);
  CHECK(with("discovery.k8s.io/v1").stores_app_protocol);
  CHECK_FALSE(with("discovery.k8s.io/v1").streaming_lists);
  CHECK(with("flowcontrol.apiserver.k8s.io/v1").streaming_lists);
  // The newest group counts, whatever their order.
  CHECK(ReadCapabilities("", ApisJson({"flowcontrol.apiserver.k8s.io/v1", "apps/v1"}))->streaming_lists);
  // A given version takes precedence: an aggregated API server may serve any group.
  CHECK_FALSE(ReadCapabilities(VersionJson("1", "5", ""), ApisJson({"flowcontrol.apiserver.k8s.io/v1"}))
                  ->streaming_lists);
}

TEST_CASE("API groups that cannot be read are an error") {
  for (const char* apis : {"", "{}", "<html>", R"({"groups":7})", R"({"groups":[{"versions":{}}]})"}) {
    CAPTURE(apis);
    const auto server = ReadCapabilities(VersionJson("1", "36", ""), apis);
    REQUIRE(server.has_error());
    CHECK(server.error().code == Errc::kMalformed);
  }
}

TEST_CASE("Describe gives the version of a server and what it lacks") {
  CHECK(Describe(Recorded("version", "discovery-apis")) ==
        "Kubernetes 1.36 (v0.0.0-master+8e16b12fda5b1dccc41a6de48b3e356cc7d5048b)");
  CHECK(Describe(Recorded("k8s-1.5-version", "k8s-1.5-apis")) ==
        "Kubernetes of an unknown version (v0.0.0-master+$Format:%h$), which lacks leases, EndpointSlices, "
        "streaming "
        "lists, appProtocol in Endpoints");
  CHECK(Describe({.major = 1,
                  .minor = 20,
                  .leases = true,
                  .slices_v1beta1 = true,
                  .stores_node_name = true,
                  .stores_app_protocol = true}) ==
        "Kubernetes 1.20, which lacks EndpointSlices (it serves v1beta1 only), streaming lists");
}

TEST_CASE("the gitVersion of a server is escaped and cut for the log") {
  const auto server = ReadCapabilities(VersionJson("1", "36", "v1\\n" + std::string(300, 'x')), kNoGroups);
  REQUIRE(server.has_value());
  CHECK(server->git_version.find('\n') == std::string::npos);
  CHECK(server->git_version.size() < 120);
}

}  // namespace
}  // namespace k8sm::client
