#include "controller/port_space/port_log.h"

#include "test/support/catch.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using namespace std::chrono_literals;

PortFinding Finding(const std::string& key) {
  PortFinding finding;
  finding.rule = "port-taken";
  finding.key = key;
  finding.text = key + " is wrong";
  finding.over = key + " is right";
  finding.pods = {{{kube::Symbol("shop"), kube::Symbol(key)}, kube::Uid("uid-" + key), std::nullopt}};
  finding.event_reason = "HostPortTaken";
  finding.event_text = "text";
  return finding;
}

using PodState = PortLog::PodState;

struct Log {
  PortNews Update(const std::vector<PortFinding>& findings) {
    const auto pod_state = [this](const kube::ObjectKey& pod, const kube::Uid& uid) {
      const std::string name(pod.name.get());
      CHECK(uid.Text() == "uid-" + name);
      const auto other = pods.find(name);
      return other == pods.end() ? others_are : other->second;
    };
    const auto has_agent = [this](const kube::Symbol& name, const std::string& id) {
      return agents.contains(name + "=" + id);
    };
    return log.Update(findings, knowledge, poll, now, {pod_state, has_agent});
  }
  // The texts of the lines.
  std::vector<std::string> Lines(const std::vector<PortFinding>& findings) {
    std::vector<std::string> lines;
    for (const LogLine& line : Update(findings).lines) lines.push_back(line.text);
    return lines;
  }

  PortLog log;
  PortLog::Knowledge knowledge;
  std::map<std::string, PodState> pods;
  PodState others_are = PodState::kPending;
  std::set<std::string> agents;  // "name=ID"
  std::uint64_t poll = 1;
  PortLog::TimePoint now{1h};
};

using Lines = std::vector<std::string>;

TEST_CASE("a finding is logged once when it begins and once when it ends", "[port_space]") {
  Log log;
  CHECK(log.Lines({Finding("a")}) == Lines{"a is wrong"});
  log.now += 1s;
  CHECK(log.Lines({Finding("a")}).empty());
  CHECK(log.Lines({}) == Lines{"a is right"});
  CHECK(log.Lines({}).empty());
}

TEST_CASE("a finding that may pass by itself is logged once it has lasted", "[port_space]") {
  Log log;
  PortFinding finding = Finding("a");
  finding.patience = 60s;
  CHECK(log.Lines({finding}).empty());
  log.now += 59s;
  CHECK(log.Lines({finding}).empty());
  log.now += 1s;
  CHECK(log.Lines({finding}) == Lines{"a is wrong"});
}

// The findings about the same pods with each verdict: one is logged at once, the other after a minute.
std::pair<PortFinding, PortFinding> TwoVerdicts() {
  PortFinding never = Finding("a");
  PortFinding waits = Finding("a");
  waits.key = "b";
  waits.text = "a waits";
  waits.patience = 60s;
  never.counterpart = waits.key;
  waits.counterpart = never.key;
  return {never, waits};
}

TEST_CASE("a finding that turns into its counterpart is logged as that, at once, and does not end",
          "[port_space]") {
  Log log;
  const auto [never, waits] = TwoVerdicts();
  CHECK(log.Lines({never}) == Lines{"a is wrong"});
  log.now += 1s;
  CHECK(log.Lines({waits}) == Lines{"a waits"});
  log.now += 1s;
  CHECK(log.Lines({never}) == Lines{"a is wrong"});
  log.now += 1s;
  CHECK(log.Lines({waits}) == Lines{"a waits"});
  log.now += 1s;
  CHECK(log.Lines({}) == Lines{"a is right"});
}

TEST_CASE("a finding lasts while it is not known whether its pods can be scheduled, if one is still pending",
          "[port_space]") {
  Log log;
  const auto [never, waits] = TwoVerdicts();
  CHECK(log.Lines({never}) == Lines{"a is wrong"});
  log.knowledge.undecided = {"a", "b"};
  CHECK(log.Lines({}).empty());
  log.knowledge.undecided.clear();
  CHECK(log.Lines({waits}) == Lines{"a waits"});
  log.knowledge.undecided = {"a", "b"};
  CHECK(log.Lines({}).empty());
  log.pods["a"] = PodState::kBound;
  CHECK(log.Lines({}) == Lines{"a is right"});
}

TEST_CASE("a finding whose counterpart was never logged has to last like any other", "[port_space]") {
  Log log;
  auto [never, waits] = TwoVerdicts();
  never.patience = 60s;
  CHECK(log.Lines({never}).empty());
  log.now += 59s;
  CHECK(log.Lines({waits}).empty());
  log.now += 59s;
  CHECK(log.Lines({waits}).empty());
  log.now += 1s;
  CHECK(log.Lines({waits}) == Lines{"a waits"});
}

TEST_CASE("a finding that was never logged ends without a line", "[port_space]") {
  Log log;
  PortFinding finding = Finding("a");
  finding.patience = 60s;
  CHECK(log.Lines({finding}).empty());
  CHECK(log.Lines({}).empty());
}

TEST_CASE("a finding that needs two polls is not logged after one, however long it lasts", "[port_space]") {
  Log log;
  PortFinding finding = Finding("a");
  finding.needs_two_polls = true;
  CHECK(log.Lines({finding}).empty());
  log.now += 1h;
  CHECK(log.Lines({finding}).empty());
  log.poll = 2;
  CHECK(log.Lines({finding}) == Lines{"a is wrong"});
}

TEST_CASE("a finding that depends on agents does not end while the agents are unknown", "[port_space]") {
  Log log;
  PortFinding own = Finding("own");
  own.needs_agents = false;
  CHECK(log.Lines({Finding("a"), own}).size() == 2);
  log.knowledge.agents = false;
  CHECK(log.Lines({}) == Lines{"own is right"});
  log.knowledge.agents = true;
  CHECK(log.Lines({}) == Lines{"a is right"});
}

// A finding that does not concern a pod.
PortFinding OfAgent(const std::string& name) {
  PortFinding finding = Finding("low " + name);
  finding.kind = FindingKind::kLow;
  finding.pods.clear();
  finding.agent_name = kube::Symbol(name);
  finding.agent_id = "S-" + name;
  return finding;
}

TEST_CASE("while the agents are not known, a finding lasts no longer than a pod of it is in its way",
          "[port_space]") {
  struct Case {
    FindingKind kind;
    PodState lasts;
    PodState over;
  };
  const auto [kind, lasts, over] =
      GENERATE(Case{FindingKind::kPending, PodState::kPending, PodState::kBound},
               Case{FindingKind::kPending, PodState::kPending, PodState::kEnded},
               Case{FindingKind::kUnaccounted, PodState::kBound, PodState::kEnded},
               Case{FindingKind::kUnaccounted, PodState::kBound, PodState::kPending});
  Log log;
  log.knowledge.agents = false;
  log.others_are = lasts;
  PortFinding finding = Finding("a");
  finding.kind = kind;
  finding.pods.push_back({{kube::Symbol("shop"), kube::Symbol("b")}, kube::Uid("uid-b"), std::nullopt});
  CHECK(log.Lines({finding}) == Lines{"a is wrong"});
  log.pods["a"] = over;
  CHECK(log.Lines({}).empty());
  log.pods["b"] = GENERATE(from_range(std::vector{PodState::kEnded, PodState::kGone}));
  CHECK(log.Lines({}) == Lines{"a is right"});
  CHECK(log.Lines({finding}) == Lines{"a is wrong"});
  // Of pods that are gone nothing is remembered.
  log.others_are = PodState::kGone;
  log.pods.clear();
  CHECK(log.Lines({}).empty());
  CHECK(log.Lines({finding}) == Lines{"a is wrong"});
}

TEST_CASE("while the agents are not known, an agent that is listed has as many ports as its list says",
          "[port_space]") {
  Log log;
  log.knowledge.agents = false;
  log.agents = {"n1=S-n1", "n2=S-other", "n3=S-n3"};
  CHECK(log.Lines({OfAgent("n1"), OfAgent("n2")}).size() == 2);
  CHECK(log.Lines({}) == Lines{"low n1 is right"});
  // It was told of, and may be short of ports all the time.
  CHECK(log.Lines({OfAgent("n2")}).empty());
  log.agents.insert("n2=S-n2");
  CHECK(log.Lines({}) == Lines{"low n2 is right"});
}

TEST_CASE("a finding whose kind was cut may last, and one of another kind ends", "[port_space]") {
  Log log;
  log.agents = {"n1=S-n1"};
  log.pods = {{"clash", PodState::kBound}, {"unaccounted", PodState::kBound}};
  PortFinding clash = Finding("clash");
  clash.kind = FindingKind::kClash;
  clash.needs_agents = false;
  PortFinding unaccounted = Finding("unaccounted");
  unaccounted.kind = FindingKind::kUnaccounted;
  struct Case {
    PortReport::Cut cut;
    std::string lasts;
  };
  const auto [cut, lasts] =
      GENERATE(Case{{.pending = true}, "pending"}, Case{{.low = true}, "low n1"},
               Case{{.unaccounted = true}, "unaccounted"}, Case{{.clashes = true}, "clash"});
  CAPTURE(lasts);
  CHECK(log.Lines({Finding("pending"), clash, unaccounted, OfAgent("n1")}).size() == 4);
  log.knowledge.cut = cut;
  const Lines ended = log.Lines({});
  CHECK(ended.size() == 3);
  CHECK(std::ranges::find(ended, lasts + " is right") == ended.end());
  log.knowledge.cut = {};
  CHECK(log.Lines({}) == Lines{lasts + " is right"});
}

TEST_CASE("what was never logged is forgotten whatever is known, and has to last as long again",
          "[port_space]") {
  Log log;
  log.knowledge.agents = false;
  PortFinding slow = Finding("slow");
  slow.patience = 60s;
  PortFinding lag = Finding("lag");
  lag.kind = FindingKind::kUnaccounted;
  lag.needs_two_polls = true;
  log.pods["lag"] = PodState::kBound;
  CHECK(log.Lines({slow, lag}).empty());
  log.now += 1s;
  CHECK(log.Lines({}).empty());
  log.now += 5h;
  log.poll = 2;
  CHECK(log.Lines({slow, lag}).empty());
  log.now += 60s;
  log.poll = 3;
  CHECK(log.Lines({slow, lag}) == Lines{"slow is wrong", "lag is wrong"});
}

TEST_CASE("of findings that may last, 1,000 are remembered, and the others end without a line",
          "[port_space]") {
  Log log;
  log.knowledge.agents = false;
  std::vector<PortFinding> findings;
  for (std::size_t i = 0; i < PortLog::kMaxAbsent + 50; ++i) findings.push_back(OfAgent(std::to_string(i)));
  log.Update(findings);
  CHECK(log.Lines({}).empty());
  // Past the minute in which so many lines were too many, and after their sum.
  log.now += 61s;
  CHECK(log.Lines({}).size() == 1);
  log.now += 61s;
  CHECK(log.Lines(findings).size() == 50);
}

TEST_CASE(
    "agents are known while their list is complete and fresh, Nodes unless agents have labels of their own",
    "[port_space]") {
  ports::Snapshot snapshot;
  snapshot.agents.resize(1);
  const auto knowledge = [&] {
    const auto of = PortLog::Knowledge::Of(PortReport(ports::Share(snapshot)));
    return std::pair(of.agents, of.nodes);
  };
  CHECK(knowledge() == std::pair(true, true));
  snapshot.complete = false;
  CHECK(knowledge() == std::pair(false, true));
  snapshot.complete = true;
  snapshot.fresh = false;
  CHECK(knowledge() == std::pair(false, true));
  snapshot.fresh = true;
  snapshot.agents[0].labels_from = ports::LabelSource::kAgent;
  CHECK(knowledge() == std::pair(true, false));
}

TEST_CASE("a finding that depends on labels of Nodes does not end while the Nodes are unknown",
          "[port_space]") {
  Log log;
  PortFinding selecting = Finding("selecting");
  selecting.needs_nodes = true;
  CHECK(log.Lines({Finding("a"), selecting}).size() == 2);
  log.knowledge.nodes = false;
  CHECK(log.Lines({}) == Lines{"a is right"});
  CHECK(log.Lines({}).empty());
  log.knowledge.nodes = true;
  const bool persists = GENERATE(true, false);
  if (persists) CHECK(log.Lines({selecting}).empty());
  CHECK(log.Lines({}) == Lines{"selecting is right"});
}

TEST_CASE("the end of a finding is not logged once its pods are gone", "[port_space]") {
  Log log;
  CHECK(log.Lines({Finding("a")}).size() == 1);
  log.pods["a"] = PodState::kGone;
  CHECK(log.Lines({}).empty());
}

TEST_CASE("the end of a finding is logged as long as one of its pods exists", "[port_space]") {
  Log log;
  PortFinding finding = Finding("a");
  finding.pods.push_back({{kube::Symbol("shop"), kube::Symbol("b")}, kube::Uid("uid-b"), std::nullopt});
  CHECK(log.Lines({finding}).size() == 1);
  log.pods["a"] = PodState::kGone;
  CHECK(log.Lines({}) == Lines{"a is right"});
  CHECK(log.Lines({finding}).size() == 1);
  log.pods["b"] = PodState::kGone;
  CHECK(log.Lines({}).empty());
}

TEST_CASE("events are limited separately for each pod and each reason", "[port_space]") {
  Log log;
  PortFinding clash = Finding("a");
  clash.key = "clash";
  clash.event_reason = "HostPortConflict";
  const PortNews news = log.Update({Finding("a"), clash, Finding("b")});
  REQUIRE(news.events.size() == 3);
  CHECK(news.events[1].reason == "HostPortConflict");
  CHECK(news.events[2].involved.name.get() == "b");
  // Each event has an hour of its own.
  log.now += 30min;
  CHECK(log.Update({Finding("a"), Finding("c")}).events.size() == 1);
  log.now += 30min;
  CHECK(log.Update({Finding("a"), Finding("c")}).events.size() == 1);
}

TEST_CASE("a pod gets one event an hour for each reason", "[port_space]") {
  Log log;
  const auto news = log.Update({Finding("a")});
  REQUIRE(news.events.size() == 1);
  CHECK(news.events[0].involved.name.get() == "a");
  CHECK(news.events[0].reason == "HostPortTaken");
  CHECK(log.Update({Finding("a")}).events.empty());
  CHECK(log.Update({}).events.empty());
  CHECK(log.Update({Finding("a")}).events.empty());  // the finding comes and goes
  log.now += 1h;
  CHECK(log.Update({Finding("a")}).events.size() == 1);
}

TEST_CASE("a finding is logged as a warning and its end as info, and its events involve the pod",
          "[port_space]") {
  Log log;
  const PortNews begin = log.Update({Finding("a")});
  REQUIRE(begin.lines.size() == 1);
  CHECK(begin.lines[0].level == LogLine::Level::kWarning);
  REQUIRE(begin.events.size() == 1);
  const kube::Event& event = begin.events[0];
  CHECK(event.involved.api_version == "v1");
  CHECK(event.involved.kind == "Pod");
  CHECK(event.involved.ns.get() == "shop");
  CHECK(event.involved.name.get() == "a");
  CHECK(event.involved.uid.Text() == "uid-a");
  CHECK(event.type == kube::EventType::kWarning);
  CHECK(event.reason == "HostPortTaken");
  CHECK(event.message == "text");
  CHECK(event.component == "k8sm-controller-manager");
  const PortNews end = log.Update({});
  REQUIRE(end.lines.size() == 1);
  CHECK(end.lines[0].level == LogLine::Level::kInfo);
}

TEST_CASE("a finding without an event reason has no event, and the end of one without pods is logged",
          "[port_space]") {
  Log log;
  log.pods["a"] = PodState::kGone;
  PortFinding finding = Finding("a");
  finding.event_reason = {};
  CHECK(log.Update({finding}).events.empty());
  CHECK(log.Lines({}).empty());
  finding.pods.clear();
  CHECK(log.Lines({finding}) == Lines{"a is wrong"});
  CHECK(log.Lines({}) == Lines{"a is right"});
}

TEST_CASE("after a reset findings are logged anew, but an event less than an hour old is not repeated",
          "[port_space]") {
  Log log;
  PortFinding slow = Finding("slow");
  slow.patience = 60s;
  log.Update({Finding("a"), slow});
  log.log.Reset();
  log.now += 59s;
  const PortNews news = log.Update({Finding("a"), slow});
  REQUIRE(news.lines.size() == 1);
  CHECK(news.lines[0].text == "a is wrong");
  CHECK(news.events.empty());
}

TEST_CASE("a finding is reported in its current state, and a pod that joins it later gets its event",
          "[port_space]") {
  Log log;
  PortFinding finding = Finding("a");
  finding.patience = 60s;
  CHECK(log.Lines({finding}).empty());
  log.now += 60s;
  finding.text = "a and 1 more are wrong";
  finding.pods.push_back({{kube::Symbol("shop"), kube::Symbol("b")}, kube::Uid("uid-b"), std::nullopt});
  PortNews news = log.Update({finding});
  REQUIRE(news.lines.size() == 1);
  CHECK(news.lines[0].text == "a and 1 more are wrong");
  CHECK(news.events.size() == 2);
  // A pod that joins after the finding was reported gets its event.
  finding.over = "a and 2 more are right";
  finding.pods.push_back({{kube::Symbol("shop"), kube::Symbol("c")}, kube::Uid("uid-c"), std::nullopt});
  news = log.Update({finding});
  CHECK(news.lines.empty());
  REQUIRE(news.events.size() == 1);
  CHECK(news.events[0].involved.name.get() == "c");
  CHECK(log.Lines({}) == Lines{"a and 2 more are right"});
}

TEST_CASE("findings and ends beyond the line budget are logged as one line", "[port_space]") {
  Log log;
  std::vector<PortFinding> findings;
  for (std::size_t i = 0; i < PortLog::kLinesAMinute + 20; ++i)
    findings.push_back(Finding(std::to_string(i)));
  CHECK(log.Lines(findings).size() == PortLog::kLinesAMinute);
  log.now += 61s;
  const Lines lines = log.Lines(findings);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("more is wrong with host ports; see /debug/ports (20 more times"));
  log.now += 61s;
  CHECK(log.Lines({}).size() == PortLog::kLinesAMinute);
  log.now += 61s;
  const PortNews news = log.Update({});
  REQUIRE(news.lines.size() == 1);
  CHECK(news.lines[0].level == LogLine::Level::kInfo);
  CHECK(news.lines[0].text.starts_with("more is well again with host ports (20 more times"));
}

}  // namespace
}  // namespace k8sm::controller
