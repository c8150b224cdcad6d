#include "controller/port_space/debug_ports.h"

#include "lib/http_server/page.h"
#include "lib/http_server/router.h"
#include "test/support/catch.h"
#include "test/unit/port_space/watch_stage.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using http_server::Page;

struct Pages {
  Pages() : watch(stage.Start(stage.master->port(), true, std::chrono::milliseconds(100))) {
    AddPortPages(watch, router);
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

TEST_CASE("the page says how good its knowledge is", "[debug_ports]") {
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
}

TEST_CASE("the page of ports has the form that is asked for, and takes rows from 1 to 400", "[debug_ports]") {
  Pages pages;
  pages.stage.RunUntil([&] { return pages.watch.report() != nullptr; });
  CHECK(pages.Get().content_type == Page::kPlain);
  CHECK(pages.Get({}, "text/html, application/json").content_type == Page::kJson);
  CHECK(pages.Get({{"format", "text"}}, "application/json").content_type == Page::kPlain);
  CHECK(pages.Get({{"format", "json"}}).content_type == Page::kJson);
  for (const auto& [rows, status] : {std::pair("1", 200U), std::pair("400", 200U), std::pair("0", 400U),
                                     std::pair("401", 400U), std::pair("1x", 400U), std::pair("", 400U)}) {
    CAPTURE(rows);
    CHECK(pages.Get({{"format", "json"}, {"rows", rows}}).status == status);
  }
}

}  // namespace
}  // namespace k8sm::controller
