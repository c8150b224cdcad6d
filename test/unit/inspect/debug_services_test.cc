#include "controller/inspect/debug_services.h"

#include "controller/inspect/page_format.h"
#include "lib/kube/timestamp.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/inspect/pages.h"

#include <chrono>
#include <string>

namespace k8sm::controller {
namespace {

using test::MakePod;
using test::MakeService;

// A service with endpoints, one whose pod is skipped, and one whose selector is mistyped.
class Fixture : public Pages {
 public:
  Fixture() {
    Add(MakeService("web").Port({.target = 8080}));
    Add(MakePod("web-1").Port({.host_port = 31'001}).Ready());
    Add(MakeService("api").Selector({{kube::Symbol("app"), kube::Symbol("api")}}).Port({.target = 8080}));
    Add(MakePod("api-1").Label("app", "api").Port({}).Ready());
    Add(MakeService("typo").Selector({{kube::Symbol("app"), kube::Symbol("cahce")}}).Port({.target = 8080}));
    Add(MakePod("cache-1").Label("app", "cache").Port({.host_port = 31'002}).Ready());
  }
};

kube::ObjectKey Key(const char* name) {
  return {kube::Symbol("default"), kube::Symbol(name)};
}

TEST_CASE("services without endpoints are listed with the reason") {
  Fixture f;
  f.empty_since = std::chrono::steady_clock::now();
  const Page page = f.Get("/debug/services");
  CAPTURE(page.body);
  CHECK(page.status == 200);
  CHECK(page.body.starts_with("SINCE                 SERVICE       READY  PODS  REASON             WHY\n20"));
  CHECK(page.body.find("Z  default/api   0      1     skipped            1 pod skipped: 1 no_host_port\n") !=
        std::string::npos);
  CHECK(page.body.find("Z  default/typo  0      0     mistyped_selector  selector app=cahce selects no pod; "
                       "1 pod has app=cache\n") != std::string::npos);
  CHECK(page.body.find("default/web") == std::string::npos);
}

TEST_CASE("the list of services can be filtered by namespace and reason, and include all services") {
  const Fixture f;
  CHECK(f.Get("/debug/services", {{"namespace", "other"}}).body == "no service matches\n");
  CHECK(f.Get("/debug/services", {{"reason", "no_pods"}}).body == "no service matches\n");
  CHECK(f.Get("/debug/services", {{"reason", "mistyped_selector"}}).body.find("default/typo") !=
        std::string::npos);
  CHECK(f.Get("/debug/services", {{"reason", "mistyped_selector"}}).body.find("default/api") ==
        std::string::npos);
  CHECK(f.Get("/debug/services", {{"reason", "skipped"}}).body.find("default/typo") == std::string::npos);
  CHECK(f.Get("/debug/services", {{"all", "true"}})
            .body.find("-      default/web   1      1     -                  1 pod ready\n") !=
        std::string::npos);
  CHECK(f.Get("/debug/services", {{"all", "true"}, {"namespace", "other"}}).body == "no service matches\n");
  CHECK(f.Get("/debug/services", {{"all", "false"}}).body == f.Get("/debug/services").body);
}

TEST_CASE("a selector that resembles that of another service is not taken for mistyped") {
  Fixture f;
  f.Add(MakeService("wbe").Selector({{kube::Symbol("app"), kube::Symbol("wbe")}}).Port({.target = 8080}));
  const std::string list = f.Get("/debug/services", {{"reason", "no_pods"}}).body;
  CAPTURE(list);
  CHECK(
      list.find("default/wbe  0      0     no_pods  selector app=wbe selects no pod; 1 pod has app=web\n") !=
      std::string::npos);
}

TEST_CASE("a standby says that it is one, who leads, and what only the leader knows") {
  Fixture f;
  f.leads = false;
  const std::string note =
      "this process is a standby; the leader is b; the leader's page tells which syncs fail, and since "
      "when\n\n";
  CHECK(f.Get("/debug/services").body.starts_with(note + "SINCE"));
  CHECK(f.Get("/debug/services", {{"namespace", "other"}}).body == note + "no service matches\n");
  CHECK(f.Get("/debug/services", {{"format", "json"}, {"namespace", "other"}}).body ==
        "{\"leading\":false,\"nodesTrouble\":null,\"services\":[]}\n");
  CHECK(f.Get("/debug/skipped")
            .body.starts_with("this process is a standby; the leader is b; the leader's page tells since "
                              "when each skip has lasted\n\n"
                              "SINCE"));
  CHECK(f.Get("/debug/skipped", {{"format", "json"}}).body.starts_with("{\"leading\":false,"));
}

TEST_CASE("the list of services is available as JSON") {
  const Fixture f;
  CHECK(f.Get("/debug/services", {{"format", "json"}, {"reason", "skipped"}}).body ==
        "{\"leading\":true,\"nodesTrouble\":null,\"services\":[{\"namespace\":\"default\",\"name\":\"api\","
        "\"pods\":1,\"ready\":0,"
        "\"not_ready\":0,"
        "\"skipped\":1,\"ended\":0,\"reason\":\"skipped\",\"sentence\":\"1 pod skipped: 1 "
        "no_host_port\",\"since\":null,\"failure\":null}]}\n");
  CHECK(f.Get("/debug/services", {{"format", "json"}, {"namespace", "other"}}).body ==
        "{\"leading\":true,\"nodesTrouble\":null,\"services\":[]}\n");
}

TEST_CASE("a service whose syncs fail is listed with the error, whether or not it has endpoints") {
  Fixture f;
  const auto now = std::chrono::steady_clock::now();
  f.empty_since = now - std::chrono::hours(2);
  f.failures.OnFailure(Key("web"), "forbidden: no", now);
  f.failures.OnFailure(Key("web"), "rejected: Endpoints \"web\" is invalid", now + std::chrono::hours(1));
  f.failures.OnFailure(Key("api"), "forbidden: no", now);
  f.failures.OnFailure(Key("gone"), "forbidden: no", now);
  const std::string list = f.Get("/debug/services").body;
  CAPTURE(list);
  const std::string since = kube::FormatTimestamp(TimeOfDay(now));
  const auto lists = [&](const std::string& row) { return list.find("\n" + since + row) != list.npos; };
  CHECK(lists(
      "  default/api   0      1     sync_failed, skipped  forbidden: no; 1 pod skipped: 1 no_host_port\n"));
  CHECK(lists("  default/gone  0      0     sync_failed           forbidden: no\n"));
  CHECK(
      lists("  default/web   1      1     sync_failed           rejected: Endpoints \"web\" is invalid; 1 "
            "pod ready\n"));
  const std::string failing = f.Get("/debug/services", {{"reason", "sync_failed"}, {"format", "json"}}).body;
  CHECK(failing.find("\"name\":\"web\"") != std::string::npos);
  CHECK(failing.find("\"failure\":{\"error\":\"forbidden: no\",\"since\":\"" + since + "\"}") !=
        std::string::npos);
  CHECK(failing.find("\"name\":\"typo\"") == std::string::npos);
  CHECK(f.Get("/debug/services", {{"reason", "skipped"}}).body.find("default/web") == std::string::npos);
  CHECK(f.Get("/debug/services", {{"namespace", "other"}}).body == "no service matches\n");
  CHECK(f.Get("/debug/service", {{"namespace", "default"}, {"name", "web"}})
            .body.find("\n  cannot be synced since " + since + ": rejected: ") != std::string::npos);
  f.failures.Forget(Key("web"));
  CHECK(f.Get("/debug/services").body.find("default/web") == std::string::npos);
}

TEST_CASE("a list of services with an invalid parameter, or before the sync, is refused") {
  Fixture f;
  CHECK(f.Get("/debug/services", {{"reason", "bad"}}).status == 400);
  CHECK(f.Get("/debug/services", {{"all", "1"}}).status == 400);
  CHECK(f.Get("/debug/services", {{"format", "xml"}}).status == 400);
  f.synced = false;
  CHECK(f.Get("/debug/services").status == 503);
}

TEST_CASE("an empty list of services says what there is none of") {
  Pages pages;
  CHECK(pages.Get("/debug/services").body == "no service is without endpoints, and no sync fails\n");
  CHECK(pages.Get("/debug/services", {{"all", "true"}}).body == "no service selects pods\n");
  CHECK(pages.Get("/debug/services", {{"reason", "sync_failed"}}).body == "no service matches\n");
  CHECK(pages.Get("/debug/services", {{"reason", "no_pods"}, {"all", "true"}}).body ==
        "no service matches\n");
  pages.leads = false;
  CHECK(pages.Get("/debug/services").body.ends_with("\n\nno service is without endpoints\n"));
  pages.Add(MakeService("outside").ExternalName());
  CHECK(pages.Get("/debug/services", {{"all", "true"}}).body.ends_with("\n\nno service selects pods\n"));
}

TEST_CASE("each service is listed once and in order, even one without a selector if its sync fails") {
  Fixture f;
  f.Add(MakeService("outside").ExternalName());
  const auto now = std::chrono::steady_clock::now();
  for (const char* name : {"web", "gone", "api", "outside"})
    f.failures.OnFailure(Key(name), "forbidden: no", now);
  f.failures.OnFailure({kube::Symbol("other"), kube::Symbol("web")}, "forbidden: no", now);
  const std::string since = kube::FormatTimestamp(TimeOfDay(now));
  const std::string of_default =
      since +
      "  default/api      0      1     sync_failed, skipped  forbidden: no; 1 pod skipped: 1 no_host_port\n" +
      since + "  default/gone     0      0     sync_failed           forbidden: no\n" + since +
      "  default/outside  0      0     sync_failed           forbidden: no\n" +
      "-                     default/typo     0      0     mistyped_selector     selector app=cahce selects "
      "no pod; "
      "1 pod has app=cache\n" +
      since + "  default/web      1      1     sync_failed           forbidden: no; 1 pod ready\n";
  const std::string header =
      "SINCE                 SERVICE          READY  PODS  REASON                WHY\n";
  CHECK(f.Get("/debug/services", {{"namespace", "default"}}).body == header + of_default);
  CHECK(f.Get("/debug/services").body ==
        header + of_default + since +
            "  other/web        0      0     sync_failed           forbidden: no\n");
}

TEST_CASE("the error of a sync is shown up to 2,000 bytes, and to programs as a whole") {
  Fixture f;
  const std::string error(3'000, 'x');
  const std::string shown = std::string(1'997, 'x') + "...\n";
  for (const char* name : {"gone", "web"}) f.failures.OnFailure(Key(name), error, {});
  const std::string list =
      f.Get("/debug/services", {{"reason", "sync_failed"}, {"namespace", "default"}}).body;
  CHECK(list.find("  " + shown) != std::string::npos);
  CHECK(list.find("x...; 1 pod ready\n") != std::string::npos);
  const std::string service = f.Get("/debug/service", {{"namespace", "default"}, {"name", "web"}}).body;
  CHECK(service.find(": " + shown) != std::string::npos);
  for (const std::string& page : {list, service})
    CHECK(page.find(std::string(1'998, 'x')) == std::string::npos);
  for (const char* path : {"/debug/services", "/debug/service"}) {
    CHECK(f.Get(path, {{"namespace", "default"}, {"name", "web"}, {"format", "json"}})
              .body.find("{\"error\":\"" + error + "\",") != std::string::npos);
  }
}

}  // namespace
}  // namespace k8sm::controller
