#include "controller/report/skip_log.h"

#include "test/support/catch.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::Skip;
using endpoints::SkipOutlook;
using endpoints::SkipReason;
using kube::ObjectKey;
using kube::Symbol;
using kube::Uid;

ObjectKey Key(const char* name) {
  return {Symbol("shop"), Symbol(name)};
}

Skip SkipOf(const char* pod, const char* port, SkipReason reason = SkipReason::kNoHostPort) {
  return {Key(pod), Uid(std::string(pod) + "-uid"), port, reason, "the sentence"};
}

// A service that publishes the pods `listed` for every port, and has these skips.
PublishedState Plan(const std::vector<std::string>& listed, std::vector<Skip> skips) {
  return {.skips = std::move(skips), .is_published = [listed](const Uid& uid, std::string_view) {
            return std::ranges::any_of(listed,
                                       [&](const std::string& pod) { return uid.Text() == pod + "-uid"; });
          }};
}

using Lines = std::vector<std::string>;

SkipLog::TimePoint At(int s) {
  return SkipLog::TimePoint(std::chrono::hours(1)) + std::chrono::seconds(s);
}

// "W text", "I text", at V(2) "2 text", at V(4) "4 text"
Lines Said(const SkipNews& news) {
  Lines said;
  for (const LogLine& line : news.lines) {
    constexpr const char* kLevels[] = {"I ", "W ", "2 ", "4 "};
    said.push_back(kLevels[static_cast<std::size_t>(line.level)] + line.text);
  }
  return said;
}

// A log in which all happens at one time.
class Log : public SkipLog {
 public:
  Lines Update(const ObjectKey& service, const PublishedState& plan) {
    return Said(SkipLog::Update(service, plan, At(0)));
  }
};

TEST_CASE("a skip is logged once as a warning and then only at the verbose level") {
  Log log;
  const PublishedState plan = Plan({"b"}, {SkipOf("a", "http")});
  const std::string text = "skipped pod shop/a for service shop/web port http: no_host_port: the sentence";
  CHECK(log.Update(Key("web"), plan) == Lines{"W " + text});
  CHECK(log.Update(Key("web"), plan) == Lines{"4 " + text});
  CHECK(log.Update(Key("web"), plan) == Lines{"4 " + text});
}

TEST_CASE("a skip for another reason is logged again") {
  Log log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http", SkipReason::kNoHostIp)}));
  CHECK(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http", SkipReason::kNoHostPort)})) ==
        Lines{"W skipped pod shop/a for service shop/web port http: no_host_port: the sentence"});
}

TEST_CASE("a pod that is published after a skip is logged as restored") {
  Log log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}));
  CHECK(log.Update(Key("web"), Plan({"a", "b"}, {})) ==
        Lines{"I restored pod shop/a for service shop/web port http"});
  CHECK(log.Update(Key("web"), Plan({"a", "b"}, {})).empty());
}

TEST_CASE("a skip of a port that the service no longer has ends without being logged as restored") {
  Log log;
  log.Update(Key("web"), Plan({"a"}, {SkipOf("a", "web")}));
  PublishedState after = Plan({"a"}, {});
  after.is_published = [](const Uid&, std::string_view port) { return port == "api"; };
  CHECK(log.Update(Key("web"), after) ==
        Lines{"I no longer skipped: pod shop/a for service shop/web port web: it is gone, finished, or no "
              "longer part of the service"});
}

TEST_CASE("the end of a skip because its pod is gone is logged once") {
  Log log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http"), SkipOf("a", "admin")}));
  CHECK(log.Update(Key("web"), Plan({"b"}, {})) ==
        Lines{"I no longer skipped: pod shop/a for service shop/web port http (and 1 more): it is gone, "
              "finished, or no longer part of the service"});
  CHECK(log.Update(Key("web"), Plan({"b"}, {})).empty());
}

TEST_CASE("ends of skips are limited to a hundred lines a minute") {
  SkipLog log;
  std::vector<Skip> skips;
  for (int i = 0; i < 130; ++i) skips.push_back(SkipOf(("pod-" + std::to_string(i)).c_str(), "http"));
  log.Update(Key("web"), Plan({"b"}, skips), At(0));
  CHECK(log.Update(Key("web"), Plan({"b"}, {}), At(1)).lines.size() == 100);
  const Lines later = Said(log.Tick(At(61)));
  REQUIRE(later.size() == 2);
  CHECK(later[1] == "I more pods were restored, or are no longer skipped (30 more times in the last 60 s)");
}

TEST_CASE("suppressed ends are summed up before the first end of a later minute") {
  SkipLog log;
  std::vector<Skip> skips;
  for (int i = 0; i < 150; ++i) skips.push_back(SkipOf(("pod-" + std::to_string(i)).c_str(), "http"));
  log.Update(Key("web"), Plan({"b"}, skips), At(0));
  log.Update(Key("api"), Plan({"b"}, {SkipOf("a", "http")}), At(0));
  CHECK(log.Update(Key("web"), Plan({"b"}, {}), At(1)).lines.size() == 100);
  const Lines next = Said(log.Update(Key("api"), Plan({"a"}, {}), At(62)));
  REQUIRE(next.size() == 2);
  CHECK(next[0] == "I more pods were restored, or are no longer skipped (50 more times in the last 61 s)");
  CHECK(next[1].starts_with("I restored pod shop/a for service shop/api"));
}

TEST_CASE("each service and each of its ports is logged separately") {
  Log log;
  CHECK(
      log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http"), SkipOf("a", "admin")})) ==
      Lines{"W skipped pod shop/a for service shop/web port http (and 1 more): no_host_port: the sentence"});
  CHECK(log.Update(Key("api"), Plan({"b"}, {SkipOf("a", "http")})) ==
        Lines{"W skipped pod shop/a for service shop/api port http: no_host_port: the sentence"});
  CHECK(log.Update(Key("web"), Plan({"a", "b"}, {SkipOf("a", "admin")})) ==
        Lines{"I restored pod shop/a for service shop/web port http",
              "4 skipped pod shop/a for service shop/web port admin: no_host_port: the sentence"});
}

TEST_CASE("the line of a service without ports names no port") {
  Log log;
  CHECK(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "", SkipReason::kNoHostIp)})) ==
        Lines{"W skipped pod shop/a for service shop/web: no_host_ip: the sentence"});
}

TEST_CASE("container port annotations that would be too large are logged once, and so is the end of it") {
  Log log;
  PublishedState plan = Plan({"a"}, {});
  CHECK(log.Update(Key("web"), plan).empty());
  plan.container_ports_too_large = true;
  CHECK(log.Update(Key("web"), plan) == Lines{"W endpoints shop/web go without annotations of "
                                              "container ports: all together would exceed 64 KiB"});
  CHECK(log.Update(Key("web"), plan).empty());
  // Skips in between make no difference.
  PublishedState skipping = plan;
  skipping.skips = {SkipOf("b", "http")};
  CHECK(log.Update(Key("web"), skipping).size() == 1);
  CHECK(log.Update(Key("web"), plan).size() == 1);
  CHECK(log.Update(Key("api"), plan).size() == 1);
  plan.container_ports_too_large = false;
  CHECK(log.Update(Key("web"), plan) ==
        Lines{"I endpoints shop/web have annotations of container ports again"});
  CHECK(log.Update(Key("web"), plan).empty());
}

TEST_CASE("the skips of a forgotten service are logged anew") {
  Log log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}));
  log.Forget(Key("web"));
  CHECK(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")})).front().starts_with("W "));
}

TEST_CASE("a pod recreated under the same name counts as another pod") {
  Log log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}));
  Skip recreated = SkipOf("a", "http");
  recreated.pod_uid = Uid("another-uid");
  // The end of the old skip comes first, so that the last line is the current state.
  const auto lines = log.Update(Key("web"), Plan({"b"}, {recreated}));
  REQUIRE(lines.size() == 2);
  CHECK(lines.front().starts_with("I no longer skipped: "));
  CHECK(lines.back().starts_with("W "));
}

// A skip of a pod without an address.
Skip Starting(const char* pod, SkipOutlook outlook) {
  Skip skip = SkipOf(pod, "http", SkipReason::kNoHostIp);
  skip.outlook = outlook;
  return skip;
}

const char* const kStarting = "skipped pod shop/a for service shop/web port http: no_host_ip: the sentence";

TEST_CASE("a starting pod is not warned of, and its publication is logged at the verbose level only") {
  SkipLog log;
  const std::string text = kStarting;
  const auto update = [&](const PublishedState& plan, int s) {
    return Said(log.Update(Key("web"), plan, At(s)));
  };
  CHECK(update(Plan({}, {Starting("a", SkipOutlook::kUnscheduled)}), 0) == Lines{"2 " + text});
  CHECK(update(Plan({}, {Starting("a", SkipOutlook::kUnscheduled)}), 500) == Lines{"4 " + text});
  CHECK(update(Plan({}, {Starting("a", SkipOutlook::kStarting)}), 600) == Lines{"2 " + text});
  CHECK(Said(log.Tick(At(629))).empty());
  CHECK(log.current(SkipReason::kNoHostIp) == 1);
  CHECK(update(Plan({"a"}, {}), 659) == Lines{"2 restored pod shop/a for service shop/web port http"});
  CHECK(Said(log.Tick(At(2'000))).empty());
}

TEST_CASE("a skip that was warned of is not warned of again when only its outlook changes") {
  SkipLog log;
  const std::string text = kStarting;
  const auto update = [&](SkipOutlook outlook, int s) {
    return Said(log.Update(Key("web"), Plan({}, {Starting("a", outlook)}), At(s)));
  };
  CHECK(update(SkipOutlook::kStarting, 0) == Lines{"2 " + text});
  CHECK(Said(log.Tick(At(31))) == Lines{"W " + text});
  CHECK(update(SkipOutlook::kStays, 40) == Lines{"2 " + text});
  CHECK(update(SkipOutlook::kStarting, 50) == Lines{"2 " + text});
  CHECK(Said(log.Tick(At(200))).empty());
  CHECK(update(SkipOutlook::kStays, 210) == Lines{"2 " + text});
}

TEST_CASE("a pod without an address half a minute after it got a node is warned of, on a tick or an update") {
  const std::string text = kStarting;
  const PublishedState plan = Plan({}, {Starting("a", SkipOutlook::kStarting)});

  SkipLog quiet;
  quiet.Update(Key("web"), plan, At(0));
  CHECK(Said(quiet.Tick(At(30))) == Lines{"W " + text});
  CHECK(Said(quiet.Tick(At(70))).empty());
  CHECK(Said(quiet.Update(Key("web"), plan, At(80))) == Lines{"4 " + text});
  CHECK(Said(quiet.Update(Key("web"), Plan({"a"}, {}), At(90))) ==
        Lines{"I restored pod shop/a for service shop/web port http"});

  SkipLog busy;
  busy.Update(Key("web"), plan, At(0));
  CHECK(Said(busy.Update(Key("web"), plan, At(30))) == Lines{"W " + text});
  CHECK(Said(busy.Tick(At(31))).empty());
}

TEST_CASE("each starting pod is warned of once, when its own time is over") {
  SkipLog log;
  const auto warning = [](const std::string& pod) {
    return Lines{"W skipped pod shop/" + pod +
                 std::string(kStarting).substr(std::string("skipped pod shop/a").size())};
  };
  log.Update(Key("web"), Plan({}, {Starting("a", SkipOutlook::kStarting)}), At(0));
  log.Update(Key("web"),
             Plan({}, {Starting("a", SkipOutlook::kStarting), Starting("b", SkipOutlook::kStarting),
                       Starting("c", SkipOutlook::kUnscheduled)}),
             At(20));
  CHECK(Said(log.Tick(At(29))).empty());
  SkipNews news = log.Tick(At(30));
  CHECK(Said(news) == warning("a"));
  CHECK(news.warned.size() == 1);
  CHECK(Said(log.Tick(At(49))).empty());
  news = log.Tick(At(50));
  CHECK(Said(news) == warning("b"));
  CHECK(news.warned.size() == 1);
  CHECK(Said(log.Tick(At(1'000))).empty());
}

TEST_CASE("ports of a pod that differ in outlook do not share a line") {
  SkipLog log;
  Skip unscheduled = Starting("a", SkipOutlook::kUnscheduled);
  unscheduled.service_port = "admin";
  CHECK(Said(log.Update(Key("web"), Plan({}, {Starting("a", SkipOutlook::kStarting), unscheduled}), At(0)))
            .size() == 2);
}

TEST_CASE("a pod that is gone or whose service is forgotten is never overdue") {
  SkipLog log;
  log.Update(Key("web"), Plan({}, {Starting("a", SkipOutlook::kStarting)}), At(0));
  log.Update(Key("api"), Plan({}, {Starting("a", SkipOutlook::kStarting)}), At(0));
  CHECK(Said(log.Update(Key("web"), Plan({}, {}), At(1))).empty());
  log.Forget(Key("api"));
  CHECK(Said(log.Tick(At(100))).empty());
  CHECK(log.current(SkipReason::kNoHostIp) == 0);
}

TEST_CASE("a starting pod that turns out to be misconfigured is warned of at once") {
  SkipLog log;
  log.Update(Key("web"), Plan({}, {Starting("a", SkipOutlook::kStarting)}), At(0));
  CHECK(Said(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}), At(1))) ==
        Lines{"W skipped pod shop/a for service shop/web port http: no_host_port: the sentence"});
}

TEST_CASE("each skip that is warned of is returned once") {
  SkipLog log;
  const PublishedState plan = Plan({"c"}, {SkipOf("a", "http"), Starting("b", SkipOutlook::kStarting)});
  const auto first = log.Update(Key("web"), plan, At(0));
  REQUIRE(first.warned.size() == 1);
  CHECK(first.warned.front().first == Key("web"));
  CHECK(first.warned.front().second.pod == Key("a"));
  CHECK(log.Update(Key("web"), plan, At(1)).warned.empty());
  const auto overdue = log.Tick(At(30));
  REQUIRE(overdue.warned.size() == 1);
  CHECK(overdue.warned.front().second.pod == Key("b"));
  CHECK(overdue.warned.front().second.pod_uid.Text() == "b-uid");
  CHECK(overdue.warned.front().second.sentence == "the sentence");
}

TEST_CASE("current skips and begun skips are counted by reason") {
  SkipLog log;
  const auto current = [&](SkipReason reason) { return log.current(reason); };
  CHECK(log.Summary() == "no pods skipped");
  log.Update(Key("web"), Plan({}, {SkipOf("a", "http"), SkipOf("a", "admin"), SkipOf("b", "http")}), At(0));
  CHECK(current(SkipReason::kNoHostPort) == 3);
  CHECK(log.Summary() == "2 pods skipped at 3 ports: 3 no_host_port");
  log.Update(Key("web"), Plan({}, {SkipOf("a", "http"), SkipOf("b", "http", SkipReason::kHostPortConflict)}),
             At(1));
  CHECK(current(SkipReason::kNoHostPort) == 1);
  CHECK(current(SkipReason::kHostPortConflict) == 1);
  CHECK(log.begun(SkipReason::kNoHostPort) == 3);
  CHECK(log.begun(SkipReason::kHostPortConflict) == 1);
  log.Update(Key("api"), Plan({}, {SkipOf("a", "http")}), At(2));
  CHECK(log.Summary() == "2 pods skipped at 3 ports: 2 no_host_port, 1 host_port_conflict");
  log.Forget(Key("web"));
  CHECK(log.Summary() == "1 pod skipped: 1 no_host_port");
  log.Update(Key("api"), Plan({"a"}, {}), At(3));
  CHECK(log.Summary() == "no pods skipped");
  CHECK(log.begun(SkipReason::kNoHostPort) == 4);
}

TEST_CASE("SkipsOf returns the current skips with the time at which each began") {
  SkipLog log;
  const Skip skip = SkipOf("a", "http");
  CHECK(log.SkipsOf(Key("web")).empty());
  log.Update(Key("web"), Plan({}, {skip}), At(1));
  log.Update(Key("web"), Plan({}, {skip, SkipOf("b", "http")}), At(2));
  REQUIRE(log.SkipsOf(Key("web")).size() == 2);
  CHECK(log.SkipsOf(Key("web"))[0].since == At(1));
  CHECK(log.SkipsOf(Key("web"))[0].skip.pod == Key("a"));
  CHECK(log.SkipsOf(Key("web"))[1].since == At(2));
  CHECK(log.SkipsOf(Key("api")).empty());
  log.Update(Key("web"), Plan({}, {SkipOf("a", "http", SkipReason::kNoHostIp)}), At(3));
  CHECK(log.SkipsOf(Key("web"))[0].since == At(3));
  log.Update(Key("web"), Plan({"a"}, {}), At(4));
  CHECK(log.SkipsOf(Key("web")).empty());
}

TEST_CASE("ports of a pod with the same reason share a line, and so do their ends") {
  Log log;
  std::vector<Skip> skips;
  for (int port = 0; port < 405; ++port) skips.push_back(SkipOf("a", ("p" + std::to_string(port)).c_str()));
  skips[7].reason = SkipReason::kHostPortConflict;
  const std::string text = "pod shop/a for service shop/web port p0 (and 403 more)";
  CHECK(log.Update(Key("web"), Plan({"b"}, skips)) ==
        Lines{"W skipped " + text + ": no_host_port: the sentence",
              "W skipped pod shop/a for service shop/web port p7: host_port_conflict: the sentence"});
  CHECK(log.Update(Key("web"), Plan({"b"}, skips)) ==
        Lines{"4 skipped " + text + ": no_host_port: the sentence",
              "4 skipped pod shop/a for service shop/web port p7: host_port_conflict: the sentence"});
  CHECK(log.current(SkipReason::kNoHostPort) == 404);
  CHECK(log.Update(Key("web"), Plan({"a", "b"}, {})) ==
        Lines{"I restored " + text, "I restored pod shop/a for service shop/web port p7"});
}

std::vector<Skip> ManySkips(int count) {
  std::vector<Skip> skips;
  for (int i = 0; i < count; ++i) skips.push_back(SkipOf(("pod-" + std::to_string(i)).c_str(), "http"));
  return skips;
}

std::ptrdiff_t Warnings(const SkipNews& news) {
  return std::ranges::count_if(news.lines,
                               [](const LogLine& line) { return line.level == LogLine::Level::kWarning; });
}

TEST_CASE(
    "after a hundred warnings in a minute the rest is counted by reason and summed up once the minute is "
    "over") {
  SkipLog log;
  std::vector<Skip> skips = ManySkips(28'000);
  skips.back().reason = SkipReason::kHostPortConflict;
  const auto news = log.Update(Key("web"), Plan({"b"}, skips), At(0));
  CHECK(Warnings(news) == 100);
  // Events have a budget of their own.
  CHECK(news.warned.size() == 28'000);
  CHECK(Warnings(log.Update(Key("web"), Plan({"b"}, skips), At(1))) == 0);
  CHECK(Said(log.Tick(At(59))).empty());
  CHECK(Said(log.Tick(At(60))) ==
        Lines{"W more pods were skipped: 27899 no_host_port, 1 host_port_conflict; /debug/skipped lists all, "
              "as does -once -dry_run -output=json (27900 "
              "more times in the last 60 s)"});
  CHECK(Said(log.Tick(At(120))).empty());
}

TEST_CASE("the sum of suppressed warnings counts every port, including those that would share a line") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, ManySkips(100)), At(0));
  Skip conflict = SkipOf("a", "metrics", SkipReason::kHostPortConflict);
  CHECK(
      Warnings(log.Update(
          Key("api"), Plan({"b"}, {SkipOf("a", "http"), SkipOf("a", "admin"), conflict, SkipOf("c", "http")}),
          At(1))) == 0);
  CHECK(Said(log.Tick(At(60))) ==
        Lines{"W more pods were skipped: 3 no_host_port, 1 host_port_conflict; /debug/skipped lists all, as "
              "does -once -dry_run -output=json (3 more times in the last 60 s)"});
}

TEST_CASE("suppressed warnings are summed up before the first warning of a later minute") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, ManySkips(101)), At(0));
  const Lines lines = Said(log.Update(Key("api"), Plan({"b"}, {SkipOf("a", "http")}), At(61)));
  CHECK(lines == Lines{"W more pods were skipped: 1 no_host_port; /debug/skipped lists all, as does -once "
                       "-dry_run -output=json (1 more time in the last 61 s)",
                       "W skipped pod shop/a for service shop/api port http: no_host_port: the sentence"});
}

TEST_CASE("all pods of a service that heals are restored, at most a hundred of them with a line") {
  SkipLog log;
  log.Update(Key("web"), Plan({}, ManySkips(1'500)), At(0));
  PublishedState healed = Plan({}, {});
  healed.is_published = [](const Uid&, std::string_view) { return true; };
  const Lines lines = Said(log.Update(Key("web"), healed, At(1)));
  CHECK(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with("I restored"); }) == 100);
  const Lines later = Said(log.Tick(At(61)));
  REQUIRE(later.size() == 2);
  CHECK(later[1] == "I more pods were restored, or are no longer skipped (1400 more times in the last 60 s)");
  CHECK(log.services() == 0);
}

TEST_CASE("a service without skips is not kept") {
  SkipLog log;
  CHECK_FALSE(log.any());
  log.Update(Key("web"), Plan({"a"}, {}), At(0));
  CHECK(log.services() == 0);
  log.Update(Key("web"), Plan({}, {SkipOf("a", "http")}), At(1));
  CHECK(log.services() == 1);
  CHECK(log.any());
  log.Update(Key("web"), Plan({"a"}, {}), At(2));
  CHECK(log.services() == 0);
  log.Update(Key("web"), Plan({}, {SkipOf("a", "http")}), At(3));
  log.Forget(Key("web"));
  CHECK(log.services() == 0);
}

TEST_CASE("another reason for a starting pod is logged as a change, not as a repetition") {
  SkipLog log;
  Skip skip = Starting("a", SkipOutlook::kStarting);
  log.Update(Key("web"), Plan({}, {skip}), At(0));
  skip.reason = SkipReason::kNoPodIp;
  const Lines lines = Said(log.Update(Key("web"), Plan({}, {skip}), At(1)));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("2 skipped pod shop/a for service shop/web port http: no_pod_ip"));
}

TEST_CASE("a service whose pod has started, or that was forgotten meanwhile, is not kept after a tick") {
  SkipLog log;
  log.Update(Key("web"), Plan({}, {Starting("a", SkipOutlook::kStarting)}), At(0));
  log.Update(Key("web"), Plan({"a"}, {}), At(1));
  log.Tick(At(100));
  CHECK(log.services() == 0);
  log.Update(Key("web"), Plan({}, {Starting("a", SkipOutlook::kStarting)}), At(200));
  log.Forget(Key("web"));
  log.Tick(At(300));
  CHECK(log.services() == 0);
}

TEST_CASE("suppressed warnings are summed up once") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, ManySkips(103)), At(0));
  CHECK(Said(log.Tick(At(60))) == Lines{"W more pods were skipped: 3 no_host_port; /debug/skipped lists all, "
                                        "as does -once -dry_run -output=json (3 more "
                                        "times in the last 60 s)"});
  log.Update(Key("api"), Plan({"b"}, ManySkips(102)), At(200));
  CHECK(Said(log.Tick(At(260))) == Lines{"W more pods were skipped: 2 no_host_port; /debug/skipped lists "
                                         "all, as does -once -dry_run -output=json (2 more "
                                         "times in the last 60 s)"});
}

}  // namespace
}  // namespace k8sm::controller
