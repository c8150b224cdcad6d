#include "controller/ops/health_checks.h"

#include "test/support/catch.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

HealthCheck Well(const std::string& name) {
  return {name, [] { return std::nullopt; }};
}

HealthCheck Failing(const std::string& name) {
  return {name, [] { return "10.0.0.1 is gone"; }};
}

HealthChecks WithChecks(std::vector<HealthCheck> checks) {
  HealthChecks health;
  for (HealthCheck& check : checks) health.Add(HealthEndpoint::kReadyz, std::move(check));
  return health;
}

TEST_CASE("a check that shows its reason says why it fails") {
  HealthChecks checks;
  std::optional<std::string> failure = "waiting for nodes (forbidden: grant list, watch on nodes)";
  checks.Add(HealthEndpoint::kReadyz, {"informer-sync", [&] { return failure; }, true});
  CHECK(checks.Answer(HealthEndpoint::kReadyz, {}).body ==
        "[+]ping ok\n[-]informer-sync failed: waiting for nodes (forbidden: grant list, watch on nodes)\n"
        "readyz check failed\n");
  CHECK(checks.AnswerOne(HealthEndpoint::kReadyz, "informer-sync")->body ==
        "internal server error: waiting for nodes (forbidden: grant list, watch on nodes)\n");
  failure.reset();
  CHECK(checks.Answer(HealthEndpoint::kReadyz, {}).body == "ok");
}

TEST_CASE("an endpoint without checks of its own has the check ping") {
  const std::vector<std::pair<HealthEndpoint, std::string>> endpoints = {
      {HealthEndpoint::kHealthz, "healthz"},
      {HealthEndpoint::kLivez, "livez"},
      {HealthEndpoint::kReadyz, "readyz"}};
  for (const auto& [endpoint, name] : endpoints) {
    CAPTURE(name);
    HealthChecks health;
    CHECK(health.Answer(endpoint, {}).well);
    CHECK(health.Answer(endpoint, {}).body == "ok");
    CHECK(health.Answer(endpoint, {.verbose = true}).body == "[+]ping ok\n" + name + " check passed\n");
    CHECK(health.AnswerOne(endpoint, "ping")->body == "ok");
  }
}

TEST_CASE("an answer lists its checks if it is verbose or one of them fails") {
  struct Case {
    std::vector<HealthCheck> checks;
    HealthQuery query;
    bool well;
    std::string body;
  };
  const std::string warning = "warn: some health checks cannot be excluded: no matches for ";
  const std::vector<Case> cases = {
      {{Well("a")}, {}, true, "ok"},
      {{Well("a")}, {.verbose = true}, true, "[+]ping ok\n[+]a ok\nreadyz check passed\n"},
      {{Failing("a")}, {}, false, "[+]ping ok\n[-]a failed: reason withheld\nreadyz check failed\n"},
      {{Failing("a"), Well("b")},
       {.verbose = true},
       false,
       "[+]ping ok\n[-]a failed: reason withheld\n[+]b ok\nreadyz check failed\n"},
      {{Failing("a")}, {.exclude = {"a"}}, true, "ok"},
      {{Failing("a")},
       {.verbose = true, .exclude = {"a"}},
       true,
       "[+]ping ok\n[+]a excluded: ok\nreadyz check passed\n"},
      {{Failing("a"), Failing("b")},
       {.exclude = {"a"}},
       false,
       "[+]ping ok\n[+]a excluded: ok\n[-]b failed: reason withheld\nreadyz check failed\n"},
      {{}, {.exclude = {"z"}}, true, "ok"},
      {{},
       {.verbose = true, .exclude = {"z", "ping", "b\"\n"}},
       true,
       "[+]ping excluded: ok\n" + warning + "\"b\\\"\\n\",\"z\"\nreadyz check passed\n"},
      {{Failing("a")},
       {.exclude = {"\xff"}},
       false,
       "[+]ping ok\n[-]a failed: reason withheld\n" + warning + "\"\\ufffd\"\nreadyz check failed\n"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.body);
    HealthChecks health = WithChecks(test.checks);
    const HealthAnswer answer = health.Answer(HealthEndpoint::kReadyz, test.query);
    CHECK(answer.well == test.well);
    CHECK(answer.body == test.body);
  }
}

TEST_CASE("a single check is answered by its name") {
  HealthChecks health = WithChecks({Well("a"), Failing("b")});
  CHECK(health.AnswerOne(HealthEndpoint::kReadyz, "a")->body == "ok");
  const auto failed = health.AnswerOne(HealthEndpoint::kReadyz, "b");
  REQUIRE(failed.has_value());
  CHECK_FALSE(failed->well);
  CHECK(failed->body == "internal server error: reason withheld\n");
  CHECK_FALSE(health.AnswerOne(HealthEndpoint::kReadyz, "c").has_value());
  CHECK_FALSE(health.AnswerOne(HealthEndpoint::kReadyz, "").has_value());
}

TEST_CASE("a check counts only for the endpoint to which it was added") {
  HealthChecks health = WithChecks({Failing("a")});
  CHECK_FALSE(health.Answer(HealthEndpoint::kReadyz, {}).well);
  CHECK(health.Answer(HealthEndpoint::kLivez, {}).well);
  CHECK(health.Answer(HealthEndpoint::kHealthz, {}).well);
  CHECK_FALSE(health.AnswerOne(HealthEndpoint::kLivez, "a").has_value());
}

TEST_CASE("a change of a check is reported for the log once, with its reason") {
  std::optional<std::string> failure;
  HealthChecks health = WithChecks({{"informer-sync", [&] { return failure; }}});
  const auto changes = [&] { return health.Answer(HealthEndpoint::kReadyz, {}).changes; };
  CHECK(changes().empty());

  failure = "pods are not listed yet";
  const auto failed = changes();
  REQUIRE(failed.size() == 1);
  CHECK_FALSE(failed[0].well);
  CHECK(failed[0].text == "readyz check informer-sync fails: pods are not listed yet");
  CHECK(changes().empty());
  CHECK(health.AnswerOne(HealthEndpoint::kReadyz, "informer-sync")->changes.empty());

  failure.reset();
  const auto healed = health.AnswerOne(HealthEndpoint::kReadyz, "informer-sync")->changes;
  REQUIRE(healed.size() == 1);
  CHECK(healed[0].well);
  CHECK(healed[0].text == "readyz check informer-sync passes again");
  CHECK(changes().empty());
}

TEST_CASE("the results of each check are counted") {
  HealthChecks health = WithChecks({Failing("a")});
  health.Answer(HealthEndpoint::kReadyz, {});
  health.Answer(HealthEndpoint::kReadyz, {.exclude = {"ping"}});
  health.AnswerOne(HealthEndpoint::kLivez, "ping");
  std::string told;
  for (const HealthRecord& record : health.Records()) {
    told += std::string(ToString(record.endpoint)) + " " + record.name + (record.well ? " well " : " ill ") +
            std::to_string(record.successes) + " " + std::to_string(record.errors) + "\n";
  }
  CHECK(told ==
        "healthz ping well 0 0\n"
        "livez ping well 1 0\n"
        "readyz ping well 1 0\n"
        "readyz a ill 0 2\n");
}

TEST_CASE("an excluded check is not run") {
  int asked = 0;
  const auto count = [&]() -> std::optional<std::string> {
    ++asked;
    return "asked";
  };
  HealthChecks health = WithChecks({{"a", count}});
  CHECK(health.Answer(HealthEndpoint::kReadyz, {.exclude = {"a"}}).changes.empty());
  CHECK(asked == 0);
}

}  // namespace
}  // namespace k8sm::controller
