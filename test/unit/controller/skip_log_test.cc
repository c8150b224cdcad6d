#include "controller/report/skip_log.h"

#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::EndpointsPlan;
using endpoints::Skip;
using endpoints::SkipOutlook;
using endpoints::SkipReason;
using kube::ObjectKey;
using kube::Symbol;

ObjectKey Key(const char* name) {
  return {Symbol("shop"), Symbol(name)};
}

Skip SkipOf(const char* pod, const char* port, SkipReason reason = SkipReason::kNoHostPort) {
  return {Key(pod), Symbol(std::string(pod) + "-uid"), port, reason, "the sentence"};
}

// A plan that lists these pods and skips those.
EndpointsPlan Plan(const std::vector<const char*>& listed, std::vector<Skip> skips) {
  EndpointsPlan plan;
  for (const char* pod : listed) {
    kube::EndpointAddress address{.ip = Symbol("10.0.0.1")};
    address.target_ref =
        kube::ObjectReference{Symbol("Pod"), Symbol("shop"), Symbol(pod), Symbol(std::string(pod) + "-uid")};
    if (plan.subsets.empty()) plan.subsets.emplace_back();
    plan.subsets.front().addresses.push_back(address);
  }
  plan.skips = std::move(skips);
  return plan;
}

using Lines = std::vector<std::string>;

SkipLog::TimePoint At(int s) {
  return SkipLog::TimePoint(std::chrono::hours(1)) + std::chrono::seconds(s);
}

// "W text", "I text", at V(2) "2 text", at V(4) "4 text"
Lines Said(const SkipNews& news) {
  Lines said;
  for (const SkipLogLine& line : news.lines) {
    constexpr const char* kLevels[] = {"I ", "W ", "2 ", "4 "};
    said.push_back(kLevels[static_cast<std::size_t>(line.level)] + line.text);
  }
  return said;
}

// The log of one moment.
class Log : public SkipLog {
 public:
  Lines Update(const ObjectKey& service, const EndpointsPlan& plan) {
    return Said(SkipLog::Update(service, plan, At(0)));
  }
};

TEST_CASE("a skip is told once as a warning and then only at the verbose level") {
  Log log;
  const EndpointsPlan plan = Plan({"b"}, {SkipOf("a", "http")});
  const std::string text = "skipped pod shop/a for service shop/web port http: no_host_port: the sentence";
  CHECK(log.Update(Key("web"), plan) == Lines{"W " + text});
  CHECK(log.Update(Key("web"), plan) == Lines{"4 " + text});
  CHECK(log.Update(Key("web"), plan) == Lines{"4 " + text});
}

TEST_CASE("a skip for another reason is told again") {
  Log log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http", SkipReason::kNoHostIp)}));
  CHECK(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http", SkipReason::kNoHostPort)})) ==
        Lines{"W skipped pod shop/a for service shop/web port http: no_host_port: the sentence"});
}

TEST_CASE("a pod that is published after a skip is told of as restored") {
  Log log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}));
  CHECK(log.Update(Key("web"), Plan({"a", "b"}, {})) ==
        Lines{"I restored pod shop/a for service shop/web port http"});
  CHECK(log.Update(Key("web"), Plan({"a", "b"}, {})).empty());
}

TEST_CASE("a port that the service no longer has is not told of as restored") {
  Log log;
  EndpointsPlan before = Plan({"a"}, {SkipOf("a", "web")});
  before.subsets.front().ports = {kube::EndpointPort{Symbol("api"), 31080, kube::Protocol::kTcp, {}}};
  log.Update(Key("web"), before);
  EndpointsPlan after = before;
  after.skips.clear();
  CHECK(log.Update(Key("web"), after).empty());
}

TEST_CASE("a skipped pod that goes away is forgotten without a word") {
  Log log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}));
  CHECK(log.Update(Key("web"), Plan({"b"}, {})).empty());
}

TEST_CASE("each service and each of its ports is told of separately") {
  Log log;
  CHECK(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http"), SkipOf("a", "admin")})).size() == 2);
  CHECK(log.Update(Key("api"), Plan({"b"}, {SkipOf("a", "http")})) ==
        Lines{"W skipped pod shop/a for service shop/api port http: no_host_port: the sentence"});
  CHECK(log.Update(Key("web"), Plan({"a", "b"}, {SkipOf("a", "admin")})) ==
        Lines{"4 skipped pod shop/a for service shop/web port admin: no_host_port: the sentence",
              "I restored pod shop/a for service shop/web port http"});
}

TEST_CASE("a service without ports has none to name") {
  Log log;
  CHECK(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "", SkipReason::kNoHostIp)})) ==
        Lines{"W skipped pod shop/a for service shop/web: no_host_ip: the sentence"});
}

TEST_CASE("a service that skips leave without any address is warned of once") {
  Log log;
  const Lines first = log.Update(Key("web"), Plan({}, {SkipOf("a", "http")}));
  REQUIRE(first.size() == 2);
  CHECK(first[1] ==
        "W service shop/web has no endpoints: no pod that it selects can be published, see above");
  CHECK(log.Update(Key("web"), Plan({}, {SkipOf("a", "http")})).size() == 1);
  CHECK(log.Update(Key("web"), Plan({"a"}, {})) ==
        Lines{"I restored pod shop/a for service shop/web port http",
              "I service shop/web has endpoints again"});
}

TEST_CASE(
    "annotations of container ports that would be too large are told of once and once more when it is over") {
  Log log;
  EndpointsPlan plan = Plan({"a"}, {});
  CHECK(log.Update(Key("web"), plan).empty());
  plan.container_ports_too_large = true;
  CHECK(log.Update(Key("web"), plan) == Lines{"W endpoints shop/web go without annotations of "
                                              "container ports: all together would exceed 64 KiB"});
  CHECK(log.Update(Key("web"), plan).empty());
  // What is told of skips in between makes no difference.
  EndpointsPlan skipping = plan;
  skipping.skips = {SkipOf("b", "http")};
  CHECK(log.Update(Key("web"), skipping).size() == 1);
  CHECK(log.Update(Key("web"), plan).empty());
  CHECK(log.Update(Key("api"), plan).size() == 1);
  plan.container_ports_too_large = false;
  CHECK(log.Update(Key("web"), plan) ==
        Lines{"I endpoints shop/web have annotations of container ports again"});
  CHECK(log.Update(Key("web"), plan).empty());
}

TEST_CASE("a service that is forgotten is told of anew") {
  Log log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}));
  log.Forget(Key("web"));
  CHECK(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")})).front().starts_with("W "));
}

TEST_CASE("a pod recreated under the same name is another pod") {
  Log log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}));
  Skip recreated = SkipOf("a", "http");
  recreated.pod_uid = Symbol("another-uid");
  CHECK(log.Update(Key("web"), Plan({"b"}, {recreated})).front().starts_with("W "));
}

// A skip of a pod without an address.
Skip Starting(const char* pod, SkipOutlook outlook) {
  Skip skip = SkipOf(pod, "http", SkipReason::kNoHostIp);
  skip.outlook = outlook;
  return skip;
}

const char* const kStarting = "skipped pod shop/a for service shop/web port http: no_host_ip: the sentence";

TEST_CASE("a pod that starts is no trouble and its end is no news") {
  SkipLog log;
  const std::string text = kStarting;
  const auto update = [&](const EndpointsPlan& plan, int s) {
    return Said(log.Update(Key("web"), plan, At(s)));
  };
  CHECK(update(Plan({}, {Starting("a", SkipOutlook::kUnscheduled)}), 0) == Lines{"2 " + text});
  CHECK(update(Plan({}, {Starting("a", SkipOutlook::kUnscheduled)}), 500) == Lines{"4 " + text});
  CHECK(update(Plan({}, {Starting("a", SkipOutlook::kStarting)}), 600) == Lines{"2 " + text});
  CHECK(Said(log.Overdue(At(629))).empty());
  CHECK(log.current(SkipReason::kNoHostIp) == 1);
  CHECK(update(Plan({"a"}, {}), 659) == Lines{"2 restored pod shop/a for service shop/web port http"});
  CHECK(Said(log.Overdue(At(2'000))).empty());
}

TEST_CASE(
    "a pod that has a node and no address for half a minute is warned of, whether anything happens or not") {
  const std::string text = kStarting;
  const EndpointsPlan plan = Plan({}, {Starting("a", SkipOutlook::kStarting)});
  const std::string empty =
      "service shop/web has no endpoints: no pod that it selects can be published, see above";

  SkipLog quiet;
  quiet.Update(Key("web"), plan, At(0));
  CHECK(Said(quiet.Overdue(At(30))) == Lines{"W " + text, "W " + empty});
  CHECK(Said(quiet.Overdue(At(70))).empty());
  CHECK(Said(quiet.Update(Key("web"), plan, At(80))) == Lines{"4 " + text});
  CHECK(Said(quiet.Update(Key("web"), Plan({"a"}, {}), At(90))) ==
        Lines{"I restored pod shop/a for service shop/web port http",
              "I service shop/web has endpoints again"});

  SkipLog busy;
  busy.Update(Key("web"), plan, At(0));
  CHECK(Said(busy.Update(Key("web"), plan, At(30))) == Lines{"W " + text, "W " + empty});
  CHECK(Said(busy.Overdue(At(31))).empty());
}

TEST_CASE("a pod that is gone or forgotten is not overdue") {
  SkipLog log;
  log.Update(Key("web"), Plan({}, {Starting("a", SkipOutlook::kStarting)}), At(0));
  log.Update(Key("api"), Plan({}, {Starting("a", SkipOutlook::kStarting)}), At(0));
  log.Update(Key("web"), Plan({}, {}), At(1));
  log.Forget(Key("api"));
  CHECK(Said(log.Overdue(At(100))).empty());
  CHECK(log.current(SkipReason::kNoHostIp) == 0);
}

TEST_CASE("a pod that turns out to be misconfigured when it gets an address is warned of at once") {
  SkipLog log;
  log.Update(Key("web"), Plan({}, {Starting("a", SkipOutlook::kStarting)}), At(0));
  CHECK(Said(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}), At(1))) ==
        Lines{"W skipped pod shop/a for service shop/web port http: no_host_port: the sentence"});
}

TEST_CASE("the skips that are warned of are handed out once each") {
  SkipLog log;
  const EndpointsPlan plan = Plan({"c"}, {SkipOf("a", "http"), Starting("b", SkipOutlook::kStarting)});
  const auto first = log.Update(Key("web"), plan, At(0));
  REQUIRE(first.told.size() == 1);
  CHECK(first.told.front().first == Key("web"));
  CHECK(first.told.front().second.pod == Key("a"));
  CHECK(log.Update(Key("web"), plan, At(1)).told.empty());
  const auto overdue = log.Overdue(At(30));
  REQUIRE(overdue.told.size() == 1);
  CHECK(overdue.told.front().second.pod == Key("b"));
  CHECK(overdue.told.front().second.pod_uid.get() == "b-uid");
  CHECK(overdue.told.front().second.sentence == "the sentence");
}

TEST_CASE("skips are counted by reason, those that are and those that have begun") {
  SkipLog log;
  const auto current = [&](SkipReason reason) { return log.current(reason); };
  CHECK(log.Summary() == "no pods skipped");
  log.Update(Key("web"), Plan({}, {SkipOf("a", "http"), SkipOf("a", "admin"), SkipOf("b", "http")}), At(0));
  CHECK(current(SkipReason::kNoHostPort) == 3);
  CHECK(log.Summary() == "2 pods skipped: 3 no_host_port");
  log.Update(Key("web"), Plan({}, {SkipOf("a", "http"), SkipOf("b", "http", SkipReason::kHostPortConflict)}),
             At(1));
  CHECK(current(SkipReason::kNoHostPort) == 1);
  CHECK(current(SkipReason::kHostPortConflict) == 1);
  CHECK(log.begun(SkipReason::kNoHostPort) == 3);
  CHECK(log.begun(SkipReason::kHostPortConflict) == 1);
  log.Update(Key("api"), Plan({}, {SkipOf("a", "http")}), At(2));
  CHECK(log.Summary() == "2 pods skipped: 2 no_host_port, 1 host_port_conflict");
  log.Forget(Key("web"));
  CHECK(log.Summary() == "1 pod skipped: 1 no_host_port");
  log.Update(Key("api"), Plan({"a"}, {}), At(3));
  CHECK(log.Summary() == "no pods skipped");
  CHECK(log.begun(SkipReason::kNoHostPort) == 4);
}

TEST_CASE("when a skip began is known while it lasts") {
  SkipLog log;
  const Skip skip = SkipOf("a", "http");
  CHECK_FALSE(log.Since(Key("web"), skip).has_value());
  log.Update(Key("web"), Plan({}, {skip}), At(1));
  log.Update(Key("web"), Plan({}, {skip}), At(2));
  CHECK(log.Since(Key("web"), skip) == At(1));
  CHECK_FALSE(log.Since(Key("api"), skip).has_value());
  CHECK_FALSE(log.Since(Key("web"), SkipOf("a", "http", SkipReason::kNoHostIp)).has_value());
  log.Update(Key("web"), Plan({"a"}, {}), At(3));
  CHECK_FALSE(log.Since(Key("web"), skip).has_value());
}

}  // namespace
}  // namespace k8sm::controller
