#include "controller/skip_log.h"

#include "test/support/catch.h"

#include <chrono>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::EndpointsPlan;
using endpoints::Skip;
using endpoints::SkipReason;
using kube::ObjectKey;
using kube::Symbol;
using Level = SkipLogLine::Level;

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

// "W text", "I text", "V text"
std::vector<std::string> Said(const std::vector<SkipLogLine>& lines) {
  std::vector<std::string> said;
  for (const SkipLogLine& line : lines) {
    const char* level = line.level == Level::kWarning ? "W " : line.level == Level::kInfo ? "I " : "V ";
    said.push_back(level + line.text);
  }
  return said;
}

using Lines = std::vector<std::string>;

SkipLog::TimePoint At(int seconds) {
  return SkipLog::TimePoint(std::chrono::seconds(1'000 + seconds));
}

TEST_CASE("a skip is told once as a warning and then only at the verbose level") {
  SkipLog log;
  const EndpointsPlan plan = Plan({"b"}, {SkipOf("a", "http")});
  const std::string text = "skipped pod shop/a for service shop/web port http: no_host_port: the sentence";
  CHECK(Said(log.Update(Key("web"), plan, At(0))) == Lines{"W " + text});
  CHECK(Said(log.Update(Key("web"), plan, At(0))) == Lines{"V " + text});
  CHECK(Said(log.Update(Key("web"), plan, At(0))) == Lines{"V " + text});
}

TEST_CASE("a skip for another reason is told again") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http", SkipReason::kNoHostIp)}), At(0));
  CHECK(Said(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http", SkipReason::kNoHostPort)}), At(0))) ==
        Lines{"W skipped pod shop/a for service shop/web port http: no_host_port: the sentence"});
}

TEST_CASE("a pod that is published after a skip is told of as restored") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}), At(0));
  CHECK(Said(log.Update(Key("web"), Plan({"a", "b"}, {}), At(0))) ==
        Lines{"I restored pod shop/a for service shop/web port http"});
  CHECK(log.Update(Key("web"), Plan({"a", "b"}, {}), At(0)).empty());
}

TEST_CASE("a port that the service no longer has is not told of as restored") {
  SkipLog log;
  EndpointsPlan before = Plan({"a"}, {SkipOf("a", "web")});
  before.subsets.front().ports = {kube::EndpointPort{Symbol("api"), 31080, kube::Protocol::kTcp, {}}};
  log.Update(Key("web"), before, At(0));
  EndpointsPlan after = before;
  after.skips.clear();
  CHECK(log.Update(Key("web"), after, At(0)).empty());
}

TEST_CASE("a skipped pod that goes away is forgotten without a word") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}), At(0));
  CHECK(log.Update(Key("web"), Plan({"b"}, {}), At(0)).empty());
}

TEST_CASE("each service and each of its ports is told of separately") {
  SkipLog log;
  CHECK(
      Said(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http"), SkipOf("a", "admin")}), At(0))).size() ==
      2);
  CHECK(Said(log.Update(Key("api"), Plan({"b"}, {SkipOf("a", "http")}), At(0))) ==
        Lines{"W skipped pod shop/a for service shop/api port http: no_host_port: the sentence"});
  CHECK(Said(log.Update(Key("web"), Plan({"a", "b"}, {SkipOf("a", "admin")}), At(0))) ==
        Lines{"V skipped pod shop/a for service shop/web port admin: no_host_port: the sentence",
              "I restored pod shop/a for service shop/web port http"});
}

TEST_CASE("a service without ports has none to name") {
  SkipLog log;
  CHECK(Said(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "", SkipReason::kNoHostIp)}), At(0))) ==
        Lines{"W skipped pod shop/a for service shop/web: no_host_ip: the sentence"});
}

TEST_CASE("a service that skips leave without any address is warned of once") {
  SkipLog log;
  const Lines first = Said(log.Update(Key("web"), Plan({}, {SkipOf("a", "http")}), At(0)));
  REQUIRE(first.size() == 2);
  CHECK(first[1] ==
        "W service shop/web has no endpoints: no pod that it selects can be published, see above");
  CHECK(Said(log.Update(Key("web"), Plan({}, {SkipOf("a", "http")}), At(0))).size() == 1);
  CHECK(Said(log.Update(Key("web"), Plan({"a"}, {}), At(0))) ==
        Lines{"I restored pod shop/a for service shop/web port http",
              "I service shop/web has endpoints again"});
}

TEST_CASE(
    "annotations of container ports that would be too large are told of once and once more when it is over") {
  SkipLog log;
  EndpointsPlan plan = Plan({"a"}, {});
  CHECK(log.Update(Key("web"), plan, At(0)).empty());
  plan.container_ports_too_large = true;
  CHECK(Said(log.Update(Key("web"), plan, At(0))) ==
        Lines{"W endpoints shop/web go without annotations of "
              "container ports: all together would exceed 64 KiB"});
  CHECK(log.Update(Key("web"), plan, At(0)).empty());
  // What is told of skips in between makes no difference.
  EndpointsPlan skipping = plan;
  skipping.skips = {SkipOf("b", "http")};
  CHECK(log.Update(Key("web"), skipping, At(0)).size() == 1);
  CHECK(log.Update(Key("web"), plan, At(0)).empty());
  CHECK(log.Update(Key("api"), plan, At(0)).size() == 1);
  plan.container_ports_too_large = false;
  CHECK(Said(log.Update(Key("web"), plan, At(0))) ==
        Lines{"I endpoints shop/web have annotations of container ports again"});
  CHECK(log.Update(Key("web"), plan, At(0)).empty());
}

TEST_CASE("a service that is forgotten is told of anew") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}), At(0));
  log.Forget(Key("web"));
  CHECK(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}), At(0)).front().level == Level::kWarning);
}

TEST_CASE("a pod recreated under the same name is another pod") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}), At(0));
  Skip recreated = SkipOf("a", "http");
  recreated.pod_uid = Symbol("another-uid");
  CHECK(log.Update(Key("web"), Plan({"b"}, {recreated}), At(0)).front().level == Level::kWarning);
}

TEST_CASE("skips are counted by reason as long as they last and as often as they begin") {
  SkipLog log;
  const auto counts = [&] {
    return std::to_string(log.current(SkipReason::kNoHostPort)) + " of " +
           std::to_string(log.begun(SkipReason::kNoHostPort)) + ", " +
           std::to_string(log.current(SkipReason::kNoHostIp)) + " of " +
           std::to_string(log.begun(SkipReason::kNoHostIp));
  };
  CHECK(counts() == "0 of 0, 0 of 0");
  log.Update(Key("web"), Plan({}, {SkipOf("a", "http"), SkipOf("b", "http")}), At(0));
  log.Update(Key("api"), Plan({}, {SkipOf("a", "http")}), At(0));
  log.Update(Key("api"), Plan({}, {SkipOf("a", "http")}), At(1));
  CHECK(counts() == "3 of 3, 0 of 0");
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http", SkipReason::kNoHostIp)}), At(2));
  CHECK(counts() == "1 of 3, 1 of 1");
  log.Forget(Key("api"));
  CHECK(counts() == "0 of 3, 1 of 1");
  log.Update(Key("web"), Plan({"a", "b"}, {}), At(3));
  CHECK(counts() == "0 of 3, 0 of 1");
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
