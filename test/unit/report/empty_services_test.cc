#include "controller/report/empty_services.h"

#include "test/support/catch.h"

#include <chrono>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::EmptyReason;
using endpoints::PodCounts;
using kube::ObjectKey;
using kube::Symbol;
using Lines = std::vector<std::string>;

ObjectKey Key(const std::string& name) {
  return {Symbol("shop"), Symbol(name)};
}

EmptyServices::TimePoint At(int s) {
  return EmptyServices::TimePoint(std::chrono::hours(1)) + std::chrono::seconds(s);
}

Lines Said(const std::vector<LogLine>& lines) {
  Lines said;
  for (const LogLine& line : lines)
    said.push_back((line.level == LogLine::Level::kWarning ? "W " : "I ") + line.text);
  return said;
}

class Fixture {
 public:
  Lines Update(const std::string& service, const PodCounts& counts, bool had, int s = 0) {
    return Said(log.Update(Key(service), counts, had, At(s)));
  }

  bool typo = false;
  bool doubtful = false;
  int asked = 0;
  EmptyServices log{[this](const ObjectKey&) {
    ++asked;
    return NoPods{"selector app=wbe selects no pod", typo, doubtful};
  }};
};

TEST_CASE(
    "a service that loses its last endpoint is warned of once, and reported when it has endpoints again") {
  Fixture f;
  CHECK(f.Update("web", {.ready = 1}, true).empty());
  CHECK(f.Update("web", {.not_ready = 1, .skipped = 2}, true) ==
        Lines{"W service shop/web has no endpoints: 2 pods skipped, 1 not ready"});
  // The stored Endpoints follow with delay, and in a dry run never.
  CHECK(f.Update("web", {.skipped = 2}, true, 1).empty());
  CHECK(f.Update("web", {.skipped = 2}, true, 120).empty());
  CHECK(f.Update("web", {}, false, 121).empty());
  CHECK(f.Update("web", {.ready = 2}, false, 122) == Lines{"I service shop/web has endpoints again"});
  CHECK(f.Update("web", {.ready = 2}, true, 123).empty());
  f.log.Tick(At(180));
  CHECK(f.log.size() == 0);
}

TEST_CASE(
    "Explain gives the reason for each service without endpoints, and examinations are due after 30 s") {
  Fixture f;
  CHECK_FALSE(f.log.Explain(Key("web")));
  f.Update("web", {.not_ready = 2}, false);
  f.Update("typo", {}, false);
  const auto web = f.log.Explain(Key("web"));
  REQUIRE(web);
  CHECK(web->reason == EmptyReason::kNotReady);
  CHECK(web->sentence == "2 pods not ready");
  f.typo = true;
  CHECK_FALSE(f.log.AnyDue(At(29)));
  CHECK(f.log.AnyDue(At(30)));
  f.log.Tick(At(30));
  CHECK_FALSE(f.log.AnyDue(At(30)));
  CHECK(f.log.Explain(Key("typo"))->reason == EmptyReason::kMistypedSelector);
  CHECK(f.log.Explain(Key("typo"))->sentence == "selector app=wbe selects no pod");
}

TEST_CASE("a flapping service is warned of once a minute, and again if it stays without endpoints") {
  Fixture f;
  CHECK(f.Update("web", {.not_ready = 1}, true, 0).size() == 1);
  CHECK(f.Update("web", {.ready = 1}, false, 1).size() == 1);
  for (int s = 2; s < 20; s += 2) {
    CHECK(f.Update("web", {.not_ready = 1}, true, s).empty());
    CHECK(f.Update("web", {.ready = 1}, false, s + 1).empty());
  }
  CHECK(f.Update("web", {.not_ready = 1}, true, 20).empty());
  // The stored Endpoints follow.
  CHECK(f.Update("web", {.not_ready = 1}, false, 21).empty());
  CHECK(f.log.Tick(At(49)).empty());
  CHECK(Said(f.log.Tick(At(50))) == Lines{"W service shop/web has no endpoints: 1 pod not ready"});
  CHECK(f.Update("web", {.ready = 1}, false, 51) == Lines{"I service shop/web has endpoints again"});
  CHECK(f.log.Tick(At(109)).empty());
  CHECK(f.Update("web", {.not_ready = 1}, true, 111).size() == 1);
}

TEST_CASE("a service recreated under a forgotten name is warned of anew") {
  Fixture f;
  CHECK(f.Update("web", {.not_ready = 1}, true, 0).size() == 1);
  f.log.Forget(Key("web"));
  CHECK(f.log.size() == 0);
  CHECK(f.Update("web", {.not_ready = 1}, true, 1).size() == 1);
}

TEST_CASE("a service whose selector no longer matches any pod is warned of with what the selector misses") {
  Fixture f;
  CHECK(f.Update("web", {}, true) ==
        Lines{"W service shop/web has no endpoints: selector app=wbe selects no pod"});
}

TEST_CASE("a service that never had endpoints is not warned of") {
  Fixture f;
  CHECK(f.Update("web", {}, false).empty());
  CHECK(f.Update("web", {.not_ready = 1}, false).empty());
  CHECK(Said(f.log.Tick(At(100))).empty());
  CHECK(f.Update("web", {.ready = 1}, false).empty());
}

TEST_CASE("a service that never had endpoints is warned of once its skipped pods are") {
  Fixture f;
  CHECK(f.Update("web", {.skipped = 1}, false).empty());
  CHECK(Said(f.log.OnSkips(Key("web"), At(0))) ==
        Lines{"W service shop/web has no endpoints: 1 pod skipped"});
  CHECK(f.log.OnSkips(Key("web"), At(1)).empty());
  CHECK(f.log.OnSkips(Key("other"), At(1)).empty());
}

TEST_CASE("a selector that looks mistyped is warned of after half a minute") {
  Fixture f;
  f.typo = true;
  CHECK(f.Update("web", {}, false).empty());
  CHECK(f.log.Tick(At(29)).empty());
  CHECK(f.log.current(EmptyReason::kMistypedSelector) == 1);
  CHECK(Said(f.log.Tick(At(30))) ==
        Lines{"W service shop/web has no endpoints: selector app=wbe selects no pod"});
  CHECK(f.log.Tick(At(31)).empty());
  CHECK(f.log.current(EmptyReason::kMistypedSelector) == 1);
  CHECK(f.log.current(EmptyReason::kNoPods) == 0);
  CHECK(f.log.Summary() == "1 service has no endpoints: 1 mistyped_selector");
}

TEST_CASE("a service that selects no pod is examined every half minute, as its pods may come later") {
  Fixture f;
  f.Update("web", {}, false);
  CHECK(f.log.Tick(At(30)).empty());
  CHECK(f.log.Tick(At(59)).empty());
  CHECK(f.asked == 2);
  f.typo = true;
  CHECK(f.log.Tick(At(60)).size() == 1);
  CHECK(f.log.current(EmptyReason::kMistypedSelector) == 1);
  CHECK(f.log.Tick(At(90)).empty());
  f.typo = false;
  CHECK(f.log.Tick(At(120)).empty());
  CHECK(f.log.current(EmptyReason::kMistypedSelector) == 0);
  CHECK(f.log.current(EmptyReason::kNoPods) == 1);
}

TEST_CASE("a service whose pods were relabelled counts as mistyped at once, until it selects a pod") {
  Fixture f;
  f.typo = true;
  CHECK(f.Update("web", {}, true).size() == 1);
  CHECK(f.log.current(EmptyReason::kMistypedSelector) == 1);
  CHECK(f.log.Tick(At(30)).empty());
  CHECK(f.Update("web", {.not_ready = 1}, false, 31).empty());
  CHECK(f.log.current(EmptyReason::kMistypedSelector) == 0);
  CHECK(f.log.current(EmptyReason::kNotReady) == 1);
  CHECK(f.Update("web", {}, false, 32).empty());
  CHECK(f.log.current(EmptyReason::kNoPods) == 1);
  f.log.Forget(Key("web"));
  for (std::size_t i = 0; i < endpoints::kEmptyReasons; ++i) CHECK(f.log.current(EmptyReason(i)) == 0);
}

TEST_CASE("a service is queued for examination once, however often it is synced") {
  Fixture f;
  for (int s = 0; s < 29; ++s) f.Update("web", {}, false, s);
  f.log.Tick(At(30));
  CHECK(f.asked == 2);
  f.Update("web", {.ready = 1}, false, 31);
  f.Update("web", {}, false, 32);
  f.log.Tick(At(61));
  CHECK(f.asked == 3);
  f.log.Tick(At(62));
  CHECK(f.asked == 4);
}

TEST_CASE("a doubtful selector is reported after half a minute at info level") {
  Fixture f;
  f.doubtful = true;
  CHECK(f.Update("web", {}, false).empty());
  CHECK(Said(f.log.Tick(At(30))) ==
        Lines{"I service shop/web has no endpoints: selector app=wbe selects no pod"});
}

TEST_CASE("Summary counts the services without endpoints by reason") {
  Fixture f;
  CHECK(f.log.Summary().empty());
  f.Update("web", {}, false);
  CHECK(f.log.Summary() == "1 service has no endpoints: 1 no_pods");
  f.Update("api", {.not_ready = 1}, false);
  CHECK(f.log.Summary() == "2 services have no endpoints: 1 no_pods, 1 not_ready");
  f.Update("web", {.ready = 1}, false);
  CHECK(f.log.Summary() == "1 service has no endpoints: 1 not_ready");
}

TEST_CASE("a new service whose pods come within half a minute is not reported as mistyped") {
  Fixture f;
  f.typo = true;
  f.Update("web", {}, false);
  f.Update("web", {.not_ready = 1}, false, 5);
  CHECK(f.log.current(EmptyReason::kMistypedSelector) == 0);
  CHECK(f.log.Tick(At(40)).empty());
}

TEST_CASE("the warning of a flapping service does not wait for the examinations of other services") {
  Fixture f;
  for (int i = 0; i < 300; ++i) f.Update("idle-" + std::to_string(i), {}, false, 0);
  f.Update("web", {.not_ready = 1}, true, 0);
  f.Update("web", {.ready = 1}, false, 1);
  CHECK(f.Update("web", {.not_ready = 1}, true, 2).empty());
  CHECK(Said(f.log.Tick(At(32))) == Lines{"W service shop/web has no endpoints: 1 pod not ready"});
}

TEST_CASE("at most kExaminedAtOnce selectors are examined at once, and 20 in each tick") {
  Fixture f;
  for (int i = 0; i < 120; ++i) f.Update("web-" + std::to_string(i), {}, false);
  CHECK(f.asked == EmptyServices::kExaminedAtOnce);
  f.log.Tick(At(30));
  CHECK(f.asked == EmptyServices::kExaminedAtOnce + 20);
  for (int i = 0; i < 5; ++i) f.log.Tick(At(31 + i));
  CHECK(f.asked == EmptyServices::kExaminedAtOnce + 120);
}

TEST_CASE("services without endpoints are counted by reason, with the time since when they have none") {
  Fixture f;
  f.Update("a", {}, false, 1);
  f.Update("b", {.skipped = 1}, false, 1);
  f.Update("b", {.not_ready = 1}, false, 2);
  f.Update("c", {.ended = 3}, false, 3);
  CHECK(f.log.current(EmptyReason::kNoPods) == 1);
  CHECK(f.log.current(EmptyReason::kSkipped) == 0);
  CHECK(f.log.current(EmptyReason::kNotReady) == 1);
  CHECK(f.log.current(EmptyReason::kEnded) == 1);
  CHECK(f.log.Since(Key("b")) == At(1));
  f.log.Forget(Key("c"));
  f.Update("a", {.ready = 1}, false, 4);
  CHECK(f.log.current(EmptyReason::kNoPods) == 0);
  CHECK(f.log.current(EmptyReason::kEnded) == 0);
  CHECK_FALSE(f.log.Since(Key("a")));
  CHECK(f.log.size() == 1);
}

TEST_CASE("after a hundred lines in a minute the rest is summed up") {
  Fixture f;
  int lines = 0;
  for (int i = 0; i < 103; ++i)
    lines += static_cast<int>(f.Update("web-" + std::to_string(i), {.ended = 1}, true).size());
  CHECK(lines == 100);
  CHECK(Said(f.log.Tick(At(60))) ==
        Lines{"W more services have no endpoints, or have some again (3 more times in the last 60 s); see "
              "/debug/services"});
}

TEST_CASE("the next line after the minute says how many lines were suppressed before") {
  Fixture f;
  for (int i = 0; i < 103; ++i) f.Update("web-" + std::to_string(i), {.ended = 1}, true);
  CHECK(f.Update("web-0", {.ready = 1}, true, 60) ==
        Lines{"I service shop/web-0 has endpoints again (3 more times in the last 60 s)"});
  CHECK(f.log.Tick(At(120)).empty());
}

TEST_CASE(
    "a service that loses its endpoints again is warned of at once if the last warning is a minute old") {
  for (const int s : {59, 60}) {
    Fixture f;
    f.Update("web", {.not_ready = 1}, true, 0);
    f.Update("web", {.ready = 1}, false, 1);
    CHECK(f.Update("web", {.not_ready = 1}, true, s).size() == (s == 60 ? 1 : 0));
  }
}

TEST_CASE("a flapping service without pods is warned of when it has had none for half a minute") {
  Fixture f;
  CHECK(f.Update("web", {}, true, 0) ==
        Lines{"W service shop/web has no endpoints: selector app=wbe selects no pod"});
  f.Update("web", {.ready = 1}, false, 1);
  CHECK(f.Update("web", {}, true, 2).empty());
  // The first examination finds that the service has had endpoints since.
  CHECK(f.log.Tick(At(31)).empty());
  CHECK_FALSE(f.log.AnyDue(At(31)));
  CHECK(f.log.AnyDue(At(32)));
  CHECK(Said(f.log.Tick(At(32))) ==
        Lines{"W service shop/web has no endpoints: selector app=wbe selects no pod"});
}

TEST_CASE("the reason why a selector matches nothing is looked up once, and only if it matches nothing") {
  Fixture f;
  f.Update("not-ready", {.not_ready = 1}, false);
  f.Update("lost", {.skipped = 1}, true);
  CHECK(f.asked == 0);
  f.Update("gone", {}, true);
  CHECK(f.asked == 1);
}

TEST_CASE("a reported service that has pods is not examined again, one without pods is") {
  Fixture f;
  f.Update("web", {.not_ready = 1}, true);
  CHECK_FALSE(f.log.AnyDue(At(1'000)));
  f.Update("api", {}, true);
  CHECK(f.log.AnyDue(At(30)));
  f.typo = true;
  CHECK(Said(f.log.Tick(At(30))) ==
        Lines{"W service shop/api has no endpoints: selector app=wbe selects no pod"});
  CHECK(f.log.Tick(At(60)).empty());
  CHECK(f.asked == 3);
}

TEST_CASE("a selector found mistyped stays so until it is examined again") {
  Fixture f;
  f.typo = true;
  f.Update("web", {}, false, 0);
  f.typo = false;
  f.Update("web", {}, false, 1);
  CHECK(f.log.current(EmptyReason::kMistypedSelector) == 1);
  CHECK(f.log.Explain(Key("web"))->reason == EmptyReason::kMistypedSelector);
  f.log.Tick(At(30));
  CHECK(f.log.current(EmptyReason::kMistypedSelector) == 0);
}

TEST_CASE("a doubtful selector is reported once") {
  Fixture f;
  f.doubtful = true;
  f.Update("web", {}, false);
  CHECK(f.log.Tick(At(30)).size() == 1);
  CHECK(f.log.Tick(At(60)).empty());
}

TEST_CASE("services that were reported wait with the others for their next examination") {
  Fixture f;
  for (int i = 0; i < 90; ++i) f.Update("web-" + std::to_string(i), {}, true);
  CHECK(f.asked == 90);
  f.log.Tick(At(30));
  CHECK(f.asked == 90 + 20);
}

TEST_CASE("each tick allows another kExaminedAtOnce selectors to be examined at once") {
  Fixture f;
  for (int i = 0; i < 120; ++i) f.Update("a-" + std::to_string(i), {}, false);
  f.log.Tick(At(1));
  for (int i = 0; i < 120; ++i) f.Update("b-" + std::to_string(i), {}, false, 2);
  CHECK(f.asked == 2 * EmptyServices::kExaminedAtOnce);
}

}  // namespace
}  // namespace k8sm::controller
