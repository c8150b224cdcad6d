#include "lib/endpoints/subsets.h"

#include "test/support/catch.h"
#include "test/support/subset_text.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::EndpointAddress;
using kube::EndpointPort;
using kube::EndpointSubset;
using kube::Protocol;
using kube::Symbol;
using kube::Uid;
using test::ToText;
using Lines = std::vector<std::string>;

EndpointAddress Address(const std::string& pod, const std::string& ip) {
  return {
      .ip = Symbol(ip),
      .target_ref = kube::ObjectReference{Symbol("Pod"), Symbol("default"), Symbol(pod), Uid("uid-" + pod)}};
}

EndpointPort Port(const std::string& name, int number, Protocol protocol = Protocol::kTcp) {
  return {.name = Symbol(name), .port = number, .protocol = protocol};
}

EndpointEntry Entry(const std::string& pod, const std::string& ip, std::optional<EndpointPort> port,
                    bool ready = true) {
  return {.address = Address(pod, ip), .port = std::move(port), .ready = ready};
}

Lines Pack(const std::vector<EndpointEntry>& entries) {
  return ToText(PackSubsets(entries));
}

// ---- Packing

TEST_CASE("no entries make no subsets") {
  CHECK(PackSubsets({}).empty());
}

TEST_CASE("addresses with the same port share a subset, ordered as text") {
  CHECK(Pack({Entry("b", "10.0.0.12", Port("", 80)), Entry("c", "10.0.0.9", Port("", 80)),
              Entry("a", "10.0.0.11", Port("", 80))}) ==
        Lines{"a@10.0.0.11 b@10.0.0.12 c@10.0.0.9 | 80/TCP"});
}

TEST_CASE("addresses that are not ready are the notReadyAddresses of the subset") {
  CHECK(Pack({Entry("a", "10.0.0.11", Port("", 80), false), Entry("b", "10.0.0.12", Port("", 80)),
              Entry("c", "10.0.0.13", Port("", 80), false)}) ==
        Lines{"b@10.0.0.12 !a@10.0.0.11 !c@10.0.0.13 | 80/TCP"});
}

TEST_CASE("ports with equal sets of addresses share a subset") {
  CHECK(
      Pack({Entry("a", "10.0.0.11", Port("http", 80)), Entry("b", "10.0.0.12", Port("http", 80), false),
            Entry("a", "10.0.0.11", Port("admin", 81)), Entry("b", "10.0.0.12", Port("admin", 81), false)}) ==
      Lines{"a@10.0.0.11 !b@10.0.0.12 | admin:81/TCP http:80/TCP"});
}

TEST_CASE("ports whose addresses differ in number or readiness are in separate subsets") {
  CHECK(Pack({Entry("a", "10.0.0.11", Port("http", 80)), Entry("b", "10.0.0.12", Port("http", 80)),
              Entry("a", "10.0.0.11", Port("admin", 81))}) ==
        Lines{"a@10.0.0.11 | admin:81/TCP", "a@10.0.0.11 b@10.0.0.12 | http:80/TCP"});
  CHECK(
      Pack({Entry("a", "10.0.0.11", Port("http", 80)), Entry("a", "10.0.0.11", Port("admin", 81), false)}) ==
      Lines{"!a@10.0.0.11 | admin:81/TCP", "a@10.0.0.11 | http:80/TCP"});
}

TEST_CASE("ports are distinguished by name, number, protocol and appProtocol") {
  EndpointPort h2c = Port("a", 80);
  h2c.app_protocol = Symbol("kubernetes.io/h2c");
  const std::vector<EndpointPort> ports = {Port("a", 80), Port("b", 80), Port("a", 81),
                                           Port("a", 80, Protocol::kUdp), h2c};
  std::vector<EndpointEntry> entries;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    entries.push_back(Entry("pod" + std::to_string(i), "10.0.0." + std::to_string(i + 1), ports[i]));
  }
  CHECK(Pack(entries) == Lines{"pod0@10.0.0.1 | a:80/TCP", "pod4@10.0.0.5 | a:80/TCP(kubernetes.io/h2c)",
                               "pod3@10.0.0.4 | a:80/UDP", "pod2@10.0.0.3 | a:81/TCP",
                               "pod1@10.0.0.2 | b:80/TCP"});
}

TEST_CASE("addresses are distinguished by IP and pod, so that pods may share an IP") {
  CHECK(Pack({Entry("b", "10.0.0.11", Port("", 80)), Entry("a", "10.0.0.11", Port("", 80))}) ==
        Lines{"a@10.0.0.11 b@10.0.0.11 | 80/TCP"});
}

TEST_CASE("an address that occurs twice for a port is listed once, and as not ready if it is so once") {
  const EndpointEntry ready = Entry("a", "10.0.0.11", Port("", 80), true);
  const EndpointEntry not_ready = Entry("a", "10.0.0.11", Port("", 80), false);
  CHECK(Pack({ready, ready}) == Lines{"a@10.0.0.11 | 80/TCP"});
  CHECK(Pack({ready, not_ready}) == Lines{"!a@10.0.0.11 | 80/TCP"});
  CHECK(Pack({not_ready, ready}) == Lines{"!a@10.0.0.11 | 80/TCP"});
}

TEST_CASE("addresses without ports make a subset without ports") {
  CHECK(Pack({Entry("a", "10.0.0.11", std::nullopt), Entry("b", "10.0.0.12", std::nullopt, false)}) ==
        Lines{"a@10.0.0.11 !b@10.0.0.12 |"});
}

TEST_CASE("an address that belongs to no pod is packed like any other") {
  CHECK(Pack({{.address = {.ip = Symbol("10.0.0.1")}, .port = Port("", 80), .ready = true},
              Entry("a", "10.0.0.1", Port("", 80))}) == Lines{"10.0.0.1 a@10.0.0.1 | 80/TCP"});
}

TEST_CASE("an address keeps its node and hostname") {
  EndpointEntry entry = Entry("a", "10.0.0.11", Port("", 80));
  entry.address.node_name = Symbol("node-1");
  entry.address.hostname = Symbol("a-0");
  const auto subsets = PackSubsets({entry});
  REQUIRE(subsets.size() == 1);
  CHECK(subsets.front().addresses == std::vector<EndpointAddress>{entry.address});
}

// ---- Canonical order

TEST_CASE("PackSubsets gives the canonical order whatever the order of entries, and Canonical restores it") {
  std::mt19937 random(20260101);
  std::vector<EndpointEntry> entries;
  for (int i = 0; i < 60; ++i) {
    const std::string pod = "pod" + std::to_string(random() % 12);
    entries.push_back(Entry(pod, "10.0.0." + std::to_string(random() % 5),
                            Port("p" + std::to_string(random() % 3), 80 + int(random() % 3)),
                            random() % 3 != 0));
  }
  const std::vector<EndpointSubset> packed = PackSubsets(entries);
  REQUIRE(packed.size() > 1);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(entries.begin(), entries.end(), random);
    CHECK(PackSubsets(entries) == packed);

    std::vector<EndpointSubset> stored = packed;
    std::shuffle(stored.begin(), stored.end(), random);
    for (EndpointSubset& subset : stored) {
      std::shuffle(subset.addresses.begin(), subset.addresses.end(), random);
      std::shuffle(subset.not_ready_addresses.begin(), subset.not_ready_addresses.end(), random);
      std::shuffle(subset.ports.begin(), subset.ports.end(), random);
    }
    CHECK(Canonical(stored) == packed);
  }
}

TEST_CASE("subsets of the same ports are ordered by their addresses") {
  const EndpointSubset first = {.addresses = {Address("a", "10.0.0.1")}, .ports = {Port("", 80)}};
  const EndpointSubset second = {.addresses = {Address("b", "10.0.0.2")}, .ports = {Port("", 80)}};
  CHECK(Canonical({second, first}) == std::vector<EndpointSubset>{first, second});
}

// ---- Truncation

struct Sizes {
  std::size_t ready;
  std::size_t not_ready;
  friend bool operator==(const Sizes&, const Sizes&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Sizes& sizes) {
    return out << sizes.ready << "+" << sizes.not_ready;
  }
};

// Subsets of these sizes, each with pods and a port of its own.
std::vector<EndpointSubset> MakeSubsets(const std::vector<Sizes>& sizes) {
  std::vector<EndpointSubset> subsets;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EndpointSubset& subset = subsets.emplace_back();
    subset.ports = {Port("", 80 + static_cast<int>(i))};
    for (std::size_t n = 0; n < sizes[i].ready; ++n)
      subset.addresses.push_back(Address("ready" + std::to_string(i * 10'000 + n), "10.0.0.1"));
    for (std::size_t n = 0; n < sizes[i].not_ready; ++n)
      subset.not_ready_addresses.push_back(Address("waiting" + std::to_string(i * 10'000 + n), "10.0.0.2"));
  }
  return Canonical(subsets);
}

std::vector<Sizes> SizesOf(const std::vector<EndpointSubset>& subsets) {
  std::vector<Sizes> sizes;
  for (const EndpointSubset& subset : subsets)
    sizes.push_back({subset.addresses.size(), subset.not_ready_addresses.size()});
  return sizes;
}

TEST_CASE("up to a thousand addresses nothing is truncated") {
  for (const std::vector<Sizes>& sizes :
       std::vector<std::vector<Sizes>>{{}, {{1000, 0}}, {{0, 1000}}, {{400, 100}, {300, 200}}}) {
    auto subsets = MakeSubsets(sizes);
    const auto before = subsets;
    CHECK_FALSE(Truncate(subsets));
    CHECK(subsets == before);
  }
}

TEST_CASE("over a thousand addresses the ready ones come first and subsets shrink in proportion") {
  const std::vector<std::pair<std::vector<Sizes>, std::vector<Sizes>>> cases = {
      {{{1001, 0}}, {{1000, 0}}},
      {{{0, 1500}}, {{0, 1000}}},
      {{{900, 300}}, {{900, 100}}},
      {{{1000, 5}}, {{1000, 0}}},
      {{{1200, 300}}, {{1000, 0}}},
      {{{600, 0}, {600, 0}}, {{500, 0}, {500, 0}}},
      {{{1500, 0}, {500, 0}}, {{750, 0}, {250, 0}}},
      {{{300, 1200}, {300, 400}}, {{300, 300}, {300, 100}}},
      // Shares are rounded up, so the last subset gets what is left,
      {{{1000, 0}, {1000, 0}, {1000, 0}}, {{334, 0}, {334, 0}, {332, 0}}},
      // and is dropped if nothing is left.
      {{{700, 0}, {700, 0}, {1, 0}}, {{500, 0}, {500, 0}}},
      {{{1200, 0}, {0, 50}}, {{1000, 0}}},
      {{{0, 50}, {1200, 0}}, {{1000, 0}}},
  };
  for (const auto& [before, after] : cases) {
    auto subsets = MakeSubsets(before);
    CAPTURE(before);
    CHECK(Truncate(subsets));
    CHECK(SizesOf(subsets) == after);
  }
}

TEST_CASE("of random subsets a thousand addresses stay, and no subset has more than its share") {
  std::mt19937 random(20260102);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    std::vector<Sizes> sizes(1 + random() % 12);
    for (Sizes& each : sizes) each = {random() % 400, random() % 200};
    const auto whole = MakeSubsets(sizes);
    std::size_t ready = 0, not_ready = 0;
    for (const Sizes& each : sizes) {
      ready += each.ready;
      not_ready += each.not_ready;
    }
    auto subsets = whole;
    REQUIRE(Truncate(subsets) == (ready + not_ready > 1000));
    if (ready + not_ready <= 1000) continue;

    const std::size_t ready_capacity = std::min<std::size_t>(ready, 1000);
    const std::size_t not_ready_capacity = 1000 - ready_capacity;
    std::size_t ready_left = 0, not_ready_left = 0;
    for (const EndpointSubset& subset : subsets) {
      const auto original = std::find_if(
          whole.begin(), whole.end(), [&](const EndpointSubset& each) { return each.ports == subset.ports; });
      REQUIRE(original != whole.end());
      // At most one address more than the exact share.
      const auto fits = [](std::size_t kept, std::size_t of, std::size_t capacity, std::size_t total) {
        return total == 0 || kept * total < of * capacity + total;
      };
      REQUIRE(fits(subset.addresses.size(), original->addresses.size(), ready_capacity, ready));
      REQUIRE(fits(subset.not_ready_addresses.size(), original->not_ready_addresses.size(),
                   not_ready_capacity, not_ready));
      ready_left += subset.addresses.size();
      not_ready_left += subset.not_ready_addresses.size();
    }
    REQUIRE(ready_left == ready_capacity);
    REQUIRE(not_ready_left == not_ready_capacity);
  }
}

TEST_CASE("the last addresses in canonical order are truncated, and no subset loses its ports") {
  const auto whole = MakeSubsets({{700, 700}, {100, 100}});
  auto subsets = whole;
  REQUIRE(Truncate(subsets));
  REQUIRE(subsets.size() == whole.size());
  for (std::size_t i = 0; i < subsets.size(); ++i) {
    CHECK(subsets[i].ports == whole[i].ports);
    CHECK(subsets[i].addresses == whole[i].addresses);
    CHECK(std::equal(subsets[i].not_ready_addresses.begin(), subsets[i].not_ready_addresses.end(),
                     whole[i].not_ready_addresses.begin()));
  }
  CHECK(Canonical(subsets) == subsets);
  CHECK_FALSE(Truncate(subsets));
}

TEST_CASE("ports whose addresses are equal after truncation share a subset, as on the API server") {
  // Of 1200 addresses the last but one lacks port a and the last lacks port b: each loses both when cut.
  std::vector<EndpointEntry> entries;
  for (int i = 0; i < 1200; ++i) {
    EndpointEntry entry{.ready = true};
    entry.address.ip =
        kube::Symbol("10.0." + std::to_string(100 + i / 100) + "." + std::to_string(100 + i % 100));
    const auto serve = [&](const char* name, std::int32_t port) {
      entry.port = kube::EndpointPort{kube::Symbol(name), port, kube::Protocol::kTcp, {}};
      entries.push_back(entry);
    };
    if (i != 1198) serve("a", 31080);
    if (i != 1199) serve("b", 31081);
  }
  std::vector<kube::EndpointSubset> subsets = PackSubsets(entries);
  REQUIRE(subsets.size() == 2);
  REQUIRE(Truncate(subsets));
  REQUIRE(subsets.size() == 1);
  CHECK(subsets.front().ports.size() == 2);
  CHECK(subsets.front().addresses.size() == 500);
}

}  // namespace
}  // namespace k8sm::endpoints
