#include "lib/client/server_capabilities.h"

#include "lib/base/printable.h"
#include "lib/kube_json/codec.h"

#include <algorithm>
#include <compare>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

constexpr std::size_t kMaxVersionBytes = 100;

struct Version {
  int major = 0;
  int minor = 0;
  auto operator<=>(const Version&) const = default;
};

constexpr std::string_view kLeases = "coordination.k8s.io/v1";
constexpr std::string_view kSlices = "discovery.k8s.io/v1";
constexpr Version kLeasesSince{1, 14};
constexpr Version kSlicesSince{1, 21};

// Group versions and the release that first served them by default.
constexpr std::pair<std::string_view, Version> kServedSince[] = {
    {"autoscaling/v1", {1, 2}},
    {"storage.k8s.io/v1beta1", {1, 4}},
    {"authentication.k8s.io/v1", {1, 6}},
    {"apps/v1", {1, 9}},
    {kLeases, kLeasesSince},
    {"discovery.k8s.io/v1beta1", {1, 17}},
    {"events.k8s.io/v1", {1, 19}},
    {kSlices, kSlicesSince},
    {"flowcontrol.apiserver.k8s.io/v1", {1, 29}},
};

// The number at the beginning of the text, e.g. of "27+" or "1.0"; 0: none.
int LeadingNumber(std::string_view text) {
  constexpr std::size_t kMaxDigits = 4;
  int number = 0;
  for (std::size_t i = 0; i < text.size() && i < kMaxDigits && text[i] >= '0' && text[i] <= '9'; ++i)
    number = number * 10 + (text[i] - '0');
  return number;
}

// Parses "v1.5.2".
Version OfGitVersion(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (!text.starts_with('v') || dot == std::string_view::npos) return {};
  return {LeadingNumber(text.substr(1)), LeadingNumber(text.substr(dot + 1))};
}

Version VersionOf(const kube_json::ServerVersion& told) {
  const Version version{LeadingNumber(told.major), LeadingNumber(told.minor)};
  return version.major > 0 ? version : OfGitVersion(told.git_version);
}

bool Serves(const std::vector<std::string>& groups, std::string_view group_version) {
  return std::ranges::find(groups, group_version) != groups.end();
}

// The oldest release that serves all of these groups.
Version AtLeast(const std::vector<std::string>& groups) {
  Version bound{1, 0};
  for (const auto& [group_version, since] : kServedSince) {
    if (Serves(groups, group_version)) bound = std::max(bound, since);
  }
  return bound;
}

}  // namespace

Result<ServerCapabilities> ReadCapabilities(std::string_view version, std::string_view apis) {
  const auto groups = kube_json::DecodeGroupVersions(apis);
  if (!groups) return groups.error();
  ServerCapabilities server;
  if (const auto told = kube_json::DecodeServerVersion(version)) {
    const Version read = VersionOf(*told);
    if (read.major > 0) {
      server.major = read.major;
      server.minor = read.minor;
    }
    server.git_version = Printable(told->git_version, kMaxVersionBytes);
  }
  server.leases = Serves(*groups, kLeases);
  server.slices = Serves(*groups, kSlices);
  server.slices_v1beta1 = Serves(*groups, "discovery.k8s.io/v1beta1");
  const Version release = server.major > 0 ? Version{server.major, server.minor} : AtLeast(*groups);
  server.streaming_lists = release >= Version{1, 27};
  server.protobuf = release >= Version{1, 3};
  server.metadata_only = release >= Version{1, 15};
  server.stores_node_name = release >= Version{1, 4};
  server.stores_app_protocol = release >= Version{1, 19};
  return server;
}

std::vector<MissingGroup> MissingGroups(const ServerCapabilities& server) {
  std::vector<MissingGroup> missing;
  const Version release{server.major, server.minor};
  if (!server.leases && release >= kLeasesSince) missing.push_back({kLeases, &ServerCapabilities::leases});
  if (!server.slices && release >= kSlicesSince) missing.push_back({kSlices, &ServerCapabilities::slices});
  return missing;
}

std::string Describe(const ServerCapabilities& server) {
  std::string text = server.major > 0
                         ? "Kubernetes " + std::to_string(server.major) + "." + std::to_string(server.minor)
                         : "Kubernetes of an unknown version";
  if (!server.git_version.empty()) text += " (" + server.git_version + ")";
  std::string lacks;
  const auto check = [&lacks](bool has, std::string_view what) {
    if (!has) lacks.append(lacks.empty() ? "" : ", ").append(what);
  };
  check(server.leases, "leases");
  check(server.slices, server.slices_v1beta1 ? "EndpointSlices (it serves v1beta1 only)" : "EndpointSlices");
  check(server.streaming_lists, "streaming lists");
  check(server.stores_node_name, "nodeName in Endpoints");
  check(server.stores_app_protocol, "appProtocol in Endpoints");
  return lacks.empty() ? text : text + ", which lacks " + lacks;
}

}  // namespace k8sm::client
