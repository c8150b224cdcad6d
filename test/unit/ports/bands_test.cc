#include "lib/ports/bands.h"

#include "test/support/catch.h"
#include "test/unit/ports/random_space.h"
#include "test/unit/ports/space_builder.h"

#include <algorithm>
#include <numeric>

namespace k8sm::ports::test {
namespace {

const std::vector<std::string> kStar{"*"};

TEST_CASE("FreeByPort counts the active agents that match a demand", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001"), MakeAgent("a2", "31000-31002", "31000"),
                     MakeAgent("a3", "31000-31002")};
  snapshot.agents[2].active = false;
  const PortSpace space(std::move(snapshot));
  const auto count = FreeByPort(space, Wants({}));
  CHECK(count[30999] == 0);
  CHECK(count[31000] == 1);
  CHECK(count[31001] == 2);
  CHECK(count[31002] == 1);
  Demand one = Wants({});
  one.node = kube::Symbol("a1");
  CHECK(FreeByPort(space, one)[31001] == 1);
  CHECK(FreeByPort(space, one)[31002] == 0);
}

TEST_CASE("FreeByPort counts only agents with the labels of the nodeSelector", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000"), MakeAgent("a2", "31000-31001")};
  snapshot.agents[1].labels.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  Demand demand = Wants({});
  demand.selector.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  const auto count = FreeByPort(PortSpace(std::move(snapshot)), demand);
  CHECK(count[31000] == 1);
  CHECK(count[31001] == 1);
}

TEST_CASE("BandsOf groups agents into bands, the fullest first, and sums their free ports by column",
          "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31003"), MakeAgent("a2", "31000-31003", "31000-31002"),
                     MakeAgent("a3", "31000-31003", "31003"), MakeAgent("a4", "40000-40001", "40000-40001")};
  snapshot.holders = {MakeHolder("static", "a2", {31003})};
  const PortSpace space(std::move(snapshot));
  const Bands bands = BandsOf(space, kStar, 2, 3);
  REQUIRE(bands.columns.size() == 3);
  CHECK(ToString(bands.columns[0]) == "31000-31001");
  CHECK(ToString(bands.columns[1]) == "31002-31003");
  CHECK(ToString(bands.columns[2]) == "40000-40001");
  REQUIRE(bands.bands.size() == 2);
  CHECK(space.agents()[bands.bands[0].first].name.get() == "a2");
  CHECK(bands.bands[0].agents == 2);
  CHECK(bands.bands[0].free == std::vector<std::uint32_t>{0, 0, 0});
  REQUIRE(bands.bands[0].marks.size() == 1);
  CHECK(bands.bands[0].marks[0].port == 31003);
  CHECK(bands.bands[0].marks[0].state == CellState::kUnaccounted);
  CHECK(space.agents()[bands.bands[1].first].name.get() == "a3");
  CHECK(bands.bands[1].free == std::vector<std::uint32_t>{4, 3, 0});
}

TEST_CASE("agents are spread evenly over bands, and ports over columns", "[ports]") {
  Snapshot snapshot;
  for (int i = 0; i < 7; ++i) snapshot.agents.push_back(MakeAgent("a" + std::to_string(i), "31000-31006"));
  const PortSpace space(std::move(snapshot));
  for (std::size_t parts = 1; parts <= 8; ++parts) {
    CAPTURE(parts);
    const Bands bands = BandsOf(space, kStar, parts, parts);
    const std::size_t made = std::min<std::size_t>(parts, 7);
    REQUIRE(bands.bands.size() == made);
    REQUIRE(bands.columns.size() == made);
    std::size_t agents = 0;
    std::size_t ports = 0;
    for (std::size_t i = 0; i < made; ++i) {
      const std::size_t of_band = bands.bands[i].agents;
      const std::size_t of_column = bands.columns[i].size();
      CHECK(space.agents()[bands.bands[i].first].name.get() == "a" + std::to_string(agents));
      CHECK((of_band == 7 / made || of_band == 7 / made + 1));
      CHECK((of_column == 7 / made || of_column == 7 / made + 1));
      CHECK(bands.bands[0].free[i] == bands.bands[0].agents * of_column);
      agents += of_band;
      ports += of_column;
    }
    CHECK(agents == 7);
    CHECK(ports == 7);
  }
}

TEST_CASE("clashes, unaccounted ports and ports outside the offers are marked, and the latter have a column",
          "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31004", "31000-31002")};
  Holder leaving = MakeHolder("leaving", "a1", {31001});
  leaving.leaving = true;
  snapshot.holders = {MakeHolder("pod", "a1", {31000}),    leaving,
                      MakeHolder("one", "a1", {31002}),    MakeHolder("other", "a1", {31002}),
                      MakeHolder("static", "a1", {31003}), MakeHolder("outside", "a1", {53})};
  const Bands bands = BandsOf(PortSpace(std::move(snapshot)), kStar, 1, 100);
  REQUIRE(bands.columns.size() == 6);
  CHECK(ToString(bands.columns[0]) == "53");
  std::string marks;
  for (const Mark& mark : bands.bands[0].marks)
    marks += std::to_string(mark.port) + " " + std::string(ToString(mark.state)) + ", ";
  CHECK(marks == "53 outside, 31002 clash, 31003 unaccounted, ");
  CHECK(bands.bands[0].free == std::vector<std::uint32_t>{0, 0, 0, 0, 0, 1});
}

TEST_CASE("there are never more bands than agents, nor columns than ports", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001")};
  const Bands bands = BandsOf(PortSpace(std::move(snapshot)), kStar, 200, 1000);
  CHECK(bands.bands.size() == 1);
  CHECK(bands.columns.size() == 2);
  const Bands none = BandsOf(PortSpace(Snapshot{}), kStar, 200, 1000);
  CHECK(none.bands.empty());
  CHECK(none.columns.empty());
}

TEST_CASE("a band keeps at most kMaxMarks marks", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31199")};
  std::vector<Port> ports(150);
  std::iota(ports.begin(), ports.end(), 31000);
  snapshot.holders = {MakeHolder("static", "a1", ports)};
  const Bands bands = BandsOf(PortSpace(std::move(snapshot)), kStar, 1, 10);
  CHECK(bands.bands[0].marks.size() == kMaxMarks);
}

TEST_CASE("BandMaker makes the same bands in steps as BandsOf at once", "[ports]") {
  RandomSpace random(21);
  for (int round = 0; round < 50; ++round) {
    const PortSpace space(random.MakeSnapshot(4));
    const std::size_t rows = 1 + random.Below(5);
    const Bands whole = BandsOf(space, kStar, rows, 3);
    BandMaker maker(space, kStar, rows, 3);
    while (maker.Step(1)) {
    }
    REQUIRE(maker.bands().columns == whole.columns);
    REQUIRE(maker.bands().bands.size() == whole.bands.size());
    for (std::size_t i = 0; i < whole.bands.size(); ++i) {
      REQUIRE(maker.bands().bands[i].first == whole.bands[i].first);
      REQUIRE(maker.bands().bands[i].agents == whole.bands[i].agents);
      REQUIRE(maker.bands().bands[i].free == whole.bands[i].free);
      REQUIRE(maker.bands().bands[i].marks.size() == whole.bands[i].marks.size());
    }
  }
}

}  // namespace
}  // namespace k8sm::ports::test
