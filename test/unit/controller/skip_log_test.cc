#include "controller/skip_log.h"

#include "test/support/catch.h"

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

TEST_CASE("a skip is told once as a warning and then only at the verbose level") {
  SkipLog log;
  const EndpointsPlan plan = Plan({"b"}, {SkipOf("a", "http")});
  const std::string text = "skipped pod shop/a for service shop/web port http: no_host_port: the sentence";
  CHECK(Said(log.Update(Key("web"), plan)) == Lines{"W " + text});
  CHECK(Said(log.Update(Key("web"), plan)) == Lines{"V " + text});
  CHECK(Said(log.Update(Key("web"), plan)) == Lines{"V " + text});
}

TEST_CASE("a skip for another reason is told again") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http", SkipReason::kNoHostIp)}));
  CHECK(Said(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http", SkipReason::kNoHostPort)}))) ==
        Lines{"W skipped pod shop/a for service shop/web port http: no_host_port: the sentence"});
}

TEST_CASE("a pod that is published after a skip is told of as restored") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}));
  CHECK(Said(log.Update(Key("web"), Plan({"a", "b"}, {}))) ==
        Lines{"I restored pod shop/a for service shop/web port http"});
  CHECK(log.Update(Key("web"), Plan({"a", "b"}, {})).empty());
}

TEST_CASE("a port that the service no longer has is not told of as restored") {
  SkipLog log;
  EndpointsPlan before = Plan({"a"}, {SkipOf("a", "web")});
  before.subsets.front().ports = {kube::EndpointPort{Symbol("api"), 31080, kube::Protocol::kTcp, {}}};
  log.Update(Key("web"), before);
  EndpointsPlan after = before;
  after.skips.clear();
  CHECK(log.Update(Key("web"), after).empty());
}

TEST_CASE("a skipped pod that goes away is forgotten without a word") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}));
  CHECK(log.Update(Key("web"), Plan({"b"}, {})).empty());
}

TEST_CASE("each service and each of its ports is told of separately") {
  SkipLog log;
  CHECK(Said(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http"), SkipOf("a", "admin")}))).size() == 2);
  CHECK(Said(log.Update(Key("api"), Plan({"b"}, {SkipOf("a", "http")}))) ==
        Lines{"W skipped pod shop/a for service shop/api port http: no_host_port: the sentence"});
  CHECK(Said(log.Update(Key("web"), Plan({"a", "b"}, {SkipOf("a", "admin")}))) ==
        Lines{"V skipped pod shop/a for service shop/web port admin: no_host_port: the sentence",
              "I restored pod shop/a for service shop/web port http"});
}

TEST_CASE("a service without ports has none to name") {
  SkipLog log;
  CHECK(Said(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "", SkipReason::kNoHostIp)}))) ==
        Lines{"W skipped pod shop/a for service shop/web: no_host_ip: the sentence"});
}

TEST_CASE("a service that skips leave without any address is warned of once") {
  SkipLog log;
  const Lines first = Said(log.Update(Key("web"), Plan({}, {SkipOf("a", "http")})));
  REQUIRE(first.size() == 2);
  CHECK(first[1] ==
        "W service shop/web has no endpoints: no pod that it selects can be published, see above");
  CHECK(Said(log.Update(Key("web"), Plan({}, {SkipOf("a", "http")}))).size() == 1);
  CHECK(Said(log.Update(Key("web"), Plan({"a"}, {}))) ==
        Lines{"I restored pod shop/a for service shop/web port http",
              "I service shop/web has endpoints again"});
}

TEST_CASE(
    "annotations of container ports that would be too large are told of once and once more when it is over") {
  SkipLog log;
  EndpointsPlan plan = Plan({"a"}, {});
  CHECK(log.Update(Key("web"), plan).empty());
  plan.container_ports_too_large = true;
  CHECK(Said(log.Update(Key("web"), plan)) == Lines{"W endpoints shop/web go without annotations of "
                                                    "container ports: all together would exceed 64 KiB"});
  CHECK(log.Update(Key("web"), plan).empty());
  // What is told of skips in between makes no difference.
  EndpointsPlan skipping = plan;
  skipping.skips = {SkipOf("b", "http")};
  CHECK(log.Update(Key("web"), skipping).size() == 1);
  CHECK(log.Update(Key("web"), plan).empty());
  CHECK(log.Update(Key("api"), plan).size() == 1);
  plan.container_ports_too_large = false;
  CHECK(Said(log.Update(Key("web"), plan)) ==
        Lines{"I endpoints shop/web have annotations of container ports again"});
  CHECK(log.Update(Key("web"), plan).empty());
}

TEST_CASE("a service that is forgotten is told of anew") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}));
  log.Forget(Key("web"));
  CHECK(log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")})).front().level == Level::kWarning);
}

TEST_CASE("a pod recreated under the same name is another pod") {
  SkipLog log;
  log.Update(Key("web"), Plan({"b"}, {SkipOf("a", "http")}));
  Skip recreated = SkipOf("a", "http");
  recreated.pod_uid = Symbol("another-uid");
  CHECK(log.Update(Key("web"), Plan({"b"}, {recreated})).front().level == Level::kWarning);
}

}  // namespace
}  // namespace k8sm::controller
