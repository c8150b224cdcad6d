#include "controller/port_space/debug_ports.h"

#include "lib/http_server/page.h"
#include "lib/http_server/router.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/port_space/busy_cluster.h"
#include "test/unit/port_space/watch_stage.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <regex>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using http_server::Page;

struct Pages {
  explicit Pages(std::vector<std::string> roles = {"*"})
      : watch(stage.Start(stage.master->port(), true, std::chrono::milliseconds(100), std::move(roles))) {
    AddPortPages(watch, router);
  }
  void WaitForReport() {
    stage.RunUntil([this] { return watch.report() != nullptr; });
  }
  Page Get(std::vector<std::pair<std::string, std::string>> query = {}, const std::string& accept = "") {
    Page page =
        router.MakePage({.path = "/debug/ports", .query = std::move(query), .accept = accept, .body = {}});
    while (page.steps && page.steps->Next(page.body)) {
    }
    return page;
  }
  bool Holds(const std::string& part) {
    return Get({{"format", "json"}}).body.find(part) != std::string::npos;
  }

  Stage stage;
  const PortWatch& watch;
  http_server::Router router;
};

TEST_CASE("without -mesos_master /debug/ports says that it is needed", "[debug_ports]") {
  http_server::Router router;
  AddNoPortPages(router);
  const Page page = router.MakePage({.path = "/debug/ports", .query = {}, .accept = "", .body = {}});
  CHECK(page.status == 404);
  CHECK(page.body == "host ports are not watched: start the controller with -mesos_master\n");
}

TEST_CASE("/debug/ports says how old its data is, and whether it is complete and fresh", "[debug_ports]") {
  Pages pages;
  CHECK(pages.Get().status == 503);
  pages.stage.master->state().recovered = 1;
  pages.stage.RunUntil([&] { return pages.watch.report() != nullptr; });
  CHECK(pages.Holds(R"("complete":false,"fresh":true,)"));
  CHECK(pages.Get().body.find(" s ago, not complete\n") != std::string::npos);
  pages.stage.master->state().recovered = 0;
  pages.stage.RunUntil([&] { return pages.watch.report()->space.complete(); });
  CHECK(pages.Holds(R"("complete":true,"fresh":true,)"));
  CHECK(pages.Get().body.find(" s ago, complete\n") != std::string::npos);
  pages.stage.master->state().status = 500;
  pages.stage.RunUntil([&] { return !pages.watch.report()->space.fresh(); });
  CHECK(pages.Holds(R"("complete":true,"fresh":false,)"));
  CHECK(pages.Get().body.find(" s ago, outdated\n") != std::string::npos);
  pages.stage.RunUntil([&] { return !pages.Holds(R"("age_seconds":0,)"); });
  CHECK(pages.Get().body.find(", 0 s ago, ") == std::string::npos);
}

TEST_CASE("/debug/ports has the format that is asked for, and accepts rows from 1 to 400", "[debug_ports]") {
  Pages pages;
  pages.WaitForReport();
  CHECK(pages.Get().content_type == Page::kPlain);
  CHECK(pages.Get({}, "text/html, application/json").content_type == Page::kJson);
  CHECK(pages.Get({{"format", "text"}}, "application/json").content_type == Page::kPlain);
  CHECK(pages.Get({{"format", "json"}}).content_type == Page::kJson);
  for (const auto& [rows, status] : {std::pair("1", 200U), std::pair("400", 200U), std::pair("0", 400U),
                                     std::pair("401", 400U), std::pair("1x", 400U), std::pair("", 400U)}) {
    CAPTURE(rows);
    CHECK(pages.Get({{"format", "json"}, {"rows", rows}}).status == status);
  }
  CHECK(pages.Get({{"format", "xml"}}).status == 400);
}

// The page with its age and the master's port replaced.
std::string Stable(const std::string& body) {
  std::string text = std::regex_replace(body, std::regex(", [0-9]+ s ago"), ", 0 s ago");
  text = std::regex_replace(text, std::regex(R"("age_seconds":[0-9]+)"), R"("age_seconds":0)");
  return std::regex_replace(text, std::regex("127\\.0\\.0\\.1:[0-9]+"), "MASTER");
}

TEST_CASE("/debug/ports lists the agents, the one with the fewest free ports first, and the findings",
          "[debug_ports]") {
  Pages pages({"*", "fixed", "absent"});
  FillBusyCluster(pages.stage);
  pages.WaitForReport();
  CHECK(Stable(pages.Get().body) ==
        R"(AGENT          PORTS  FREE  PODS  LEAVING  OTHER  UNACCOUNTED  OFFERED
twin (S3)      3      0     0     0        3      0            31000-31002
twin (S4)      0      0     0     0        0      0            -
n2 (inactive)  2      2     0     0        0      0            31000-31001
n1             12     7     2     1        1      1            31000-31009,31900-31901
4 agents, 17 ports, 9 free; from MASTER, 0 s ago, complete
warning: 2 agents are named twin (S3 and S4): pods bound to that node count on each of them
warning: pod shop/stray holds ports on gone, which is not an agent
port-taken: pod shop/waits-1 (and 2 more like it) waits for host ports: on n1 31000 is held by shop/web, on twin 31000 is held by another framework
port-outside-offers: pod shop/never can never be scheduled: 8080 is offered by no agent; offered: 31000-31009. Take 31008 (free on 1 of 3)
port-clash: pods shop/clash-a and shop/clash-b both hold host port 31003 on agent n1: one of them cannot listen; delete one, or give it another port
port-unaccounted: pod shop/unaccounted holds host port 31005 on agent n1, which Mesos takes for free and may offer: take the port out of the agent's --resources, or give the pod another
port-role-without-ports: role "absent" has ports on no agent: may the principal view it (ACL view_roles), and does -mesos_framework_roles name it right?
port-agent-low: agent twin is short of host ports: 0 of 3 free; extend its ranges, or add agents
)");
  CHECK(
      Stable(pages.Get({{"format", "json"}, {"rows", "2"}}).body) ==
      R"({"snapshot":{"master":"MASTER","age_seconds":0,"complete":true,"fresh":true,"all_namespaces":true,"nodes_known":false,"agents":4},)"
      R"("scheduler":{"framework_roles":["*","fixed","absent"],"default_pod_roles":["*"],"host_port_endpoints":true},)"
      R"("offered":17,"free":9,)"
      R"("columns":["31000","31001","31002","31003","31004","31005","31006","31007","31008","31009","31900","31901","32000","32001","32002","40000"],)"
      R"("free_by_column":[1,1,0,0,1,0,1,1,1,1,1,1,0,0,0,0],)"
      R"("bands":[{"agents":2,"first":"twin","free":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"marks":[]},)"
      R"({"agents":2,"first":"n2","free":[1,1,0,0,1,0,1,1,1,1,1,1,0,0,0,0],"marks":[[31003,"clash"],[31005,"unaccounted"],[40000,"outside"]]}],)"
      R"("findings":[{"rule":"port-taken","message":"pod shop/waits-1 (and 2 more like it) waits for host ports: on n1 31000 is held by shop/web, on twin 31000 is held by another framework"},)"
      R"j({"rule":"port-outside-offers","message":"pod shop/never can never be scheduled: 8080 is offered by no agent; offered: 31000-31009. Take 31008 (free on 1 of 3)"},)j"
      R"({"rule":"port-clash","message":"pods shop/clash-a and shop/clash-b both hold host port 31003 on agent n1: one of them cannot listen; delete one, or give it another port"},)"
      R"({"rule":"port-unaccounted","message":"pod shop/unaccounted holds host port 31005 on agent n1, which Mesos takes for free and may offer: take the port out of the agent's --resources, or give the pod another"},)"
      R"({"rule":"port-role-without-ports","message":"role \"absent\" has ports on no agent: may the principal view it (ACL view_roles), and does -mesos_framework_roles name it right?"},)"
      R"({"rule":"port-agent-low","message":"agent twin is short of host ports: 0 of 3 free; extend its ranges, or add agents"}],"more":0})"
      "\n");
}

TEST_CASE("free_by_column counts the agents of all bands on which a port is free", "[debug_ports]") {
  Pages pages;
  pages.stage.master->state() = StateOf("n1 ports:[1-2] [1-1]\nn2 ports:[1-3]\nn3 ports:[1-4]\n");
  pages.WaitForReport();
  CHECK(pages.Get({{"format", "json"}, {"rows", "3"}})
            .body.find(R"("columns":["1","2","3","4"],"free_by_column":[2,3,2,1],"bands":[)") !=
        std::string::npos);
}

TEST_CASE("/debug/ports?agent= shows each range of the agent's ports with its state and holder",
          "[debug_ports]") {
  Pages pages({"*", "fixed", "absent"});
  FillBusyCluster(pages.stage);
  pages.WaitForReport();
  const Page table = pages.Get({{"agent", "n1"}});
  CHECK(table.content_type == Page::kPlain);
  // Which of two pods the cell of a clash names is left open.
  CHECK(std::regex_replace(table.body, std::regex("clash-[ab]"), "clash-a") ==
        R"(PORTS        STATE        HOLDER
31000        pod          shop/web
31001        leaving      shop/leaving
31002        foreign      -
31003        clash        shop/clash-a
31004        free         -
31005        unaccounted  shop/unaccounted
31006        free         -
31007        node_port    -
31008-31009  free         -
31900-31901  free         -
32000-32002  other_role   -
40000        outside      shop/outside
)");
  const Page json = pages.Get({{"agent", "twin"}, {"format", "json"}});
  CHECK(json.content_type == Page::kJson);
  CHECK(json.body == R"([{"agent":"twin","id":"S3","cells":[[31000,31002,"foreign",""]]},)"
                     R"({"agent":"twin","id":"S4","cells":[]}])"
                     "\n");
  CHECK(pages.Get({{"agent", "n1"}, {"format", "json"}})
            .body.starts_with(R"([{"agent":"n1","id":"S1","cells":[[31000,31000,"pod","shop/web"],)"));
  const Page none = pages.Get({{"agent", "n9"}});
  CHECK(none.status == 404);
  CHECK(none.body == "Mesos reports no agent n9\n");
}

std::size_t Count(const std::string& page, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = page.find(part); at != std::string::npos; at = page.find(part, at + 1)) ++found;
  return found;
}

TEST_CASE(
    "/debug/ports has every finding in text, and limits names, line length, columns, rows and JSON findings",
    "[debug_ports]") {
  Pages pages({"*", std::string(3'000, 'r')});
  // 501 agents of 12 names; a pod that holds 600 ports without Mesos' knowledge, and seven on nodes that are
  // no agents.
  std::string agents = "wide ports:[1-1,3-3,5-5,7-7,9-9,11-11,13-13,15-15,31001-31600]\n";
  for (int i = 0; i < 500; ++i)
    agents += "same-" + std::to_string(i % 11) + " ports:[31000-31000] [31000-31000]\n";
  pages.stage.master->state() = StateOf(agents);
  test::PodBuilder wide = test::MakePod("wide").On("wide", "10.0.0.1");
  for (int port = 31'001; port <= 31'600; ++port) wide.Port({.host_port = port});
  kube::Pod pod_of_600 = wide;
  pod_of_600.meta.resource_version = "100";
  pages.stage.cluster.cache.pods().Apply(std::move(pod_of_600));
  for (int i = 0; i < 7; ++i) {
    kube::Pod pod = test::MakePod(std::string(3'000, static_cast<char>('a' + i)))
                        .On("gone", "10.0.0.9")
                        .Port({.host_port = 31000});
    pod.meta.resource_version = std::to_string(i + 1);
    pages.stage.cluster.cache.pods().Apply(std::move(pod));
  }
  pages.WaitForReport();

  const std::string text = pages.Get().body;
  CHECK(Count(text, "\nport-unaccounted: ") == 600);
  CHECK(Count(text, "\nport-agent-low: ") == 501);
  CHECK(Count(text, "\nport-role-without-ports: ") == 1);
  CHECK(Count(text, "  1,3,5,7,9,11,...\n") == 1);
  CHECK(Count(text, "\nwarning: ") == 5 + 1 + 5 + 1);
  CHECK(Count(text, "\nwarning: 6 more names are shared by agents\n") == 1);
  CHECK(Count(text, "\nwarning: 2 more pods hold ports on nodes that are not agents\n") == 1);
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    longest = std::max(longest, text.find('\n', at) - at);
  CHECK(longest == std::string("port-role-without-ports: ").size() + 2'000);

  const std::string json = pages.Get({{"format", "json"}, {"rows", "1"}}).body;
  CHECK(Count(json, R"({"rule":")") == 1'000);
  CHECK(json.ends_with("],\"more\":102}\n"));
  CHECK(Count(json, R"({"agents":501,"first":"same-0",)") == 1);
  CHECK(Count(json, R"({"agents":)") == 1);
  const std::string columns = json.substr(json.find(R"("columns":)"),
                                          json.find(R"(,"free_by_column":)") - json.find(R"("columns":)"));
  CHECK(Count(columns, "\",\"") == 399);
  CHECK(Count(pages.Get({{"format", "json"}}).body, R"({"agents":)") == 200);
  CHECK(Count(pages.Get({{"agent", "same-0"}, {"format", "json"}}).body, R"("agent":"same-0")") == 10);
}

}  // namespace
}  // namespace k8sm::controller
