// How much a single step of the pages under /debug does.

#include "controller/inspect/debug_service.h"
#include "controller/inspect/debug_services.h"
#include "controller/inspect/debug_skipped.h"
#include "controller/inspect/page_parts.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/inspect/pages.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::controller {
namespace {

using test::MakePod;
using test::MakeService;

// The number of skips in a large cluster all of whose pods declare the port of a service without a hostPort.
constexpr std::size_t kPods = 28'000;

std::size_t Count(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) ++count;
  return count;
}

struct Made {
  std::string text;
  std::size_t steps = 0;
  std::size_t most_rows = 0;  // in one step
  std::size_t most_bytes = 0;
};

// `row` occurs once in each row.
Made Make(http_server::BodySource& source, std::string_view row) {
  Made made;
  for (bool more = true; more; ++made.steps) {
    std::string piece;
    more = source.Next(piece);
    made.most_rows = std::max(made.most_rows, Count(piece, row));
    made.most_bytes = std::max(made.most_bytes, piece.size());
    made.text += piece;
  }
  return made;
}

void CheckBounded(const Made& made) {
  CHECK(made.most_rows <= kRowsPerStep);
  CHECK(made.most_bytes <= kRowsPerStep * 400);
  CHECK(made.steps >= kPods / kRowsPerStep);
}

std::string Name(std::size_t number) {
  std::string digits = std::to_string(number);
  return "pod-" + std::string(5 - digits.size(), '0') + digits;
}

TEST_CASE("no step of the page of skips writes more than kRowsPerStep rows") {
  Pages pages;
  pages.Add(MakeService("web").Port({.name = "http"}));
  for (std::size_t i = 0; i < kPods; ++i) pages.Add(MakePod(Name(i)).Port({}));
  std::size_t looked_up = 0;
  const ReportedSkips reported = [&looked_up](const auto&) {
    ++looked_up;
    return std::span<const CurrentSkip>();
  };
  for (const auto format : {PageFormat::kText, PageFormat::kJson}) {
    looked_up = 0;
    SkippedSteps steps(pages.cache(), endpoints::AddressMode::kHostPort, reported, std::nullopt, format);
    const Made made = Make(steps, "no_host_port");
    CheckBounded(made);
    CHECK(looked_up == 1);
    CHECK(Count(made.text, "no_host_port") == kPods);
    CHECK(made.text.find(Name(kPods - 1)) != std::string::npos);
  }
}

TEST_CASE("many small services are planned in steps of a bounded number of pods") {
  Pages pages;
  for (int i = 0; i < 2000; ++i) pages.Add(MakeService("web-" + std::to_string(i)).Port({.name = "http"}));
  pages.Add(MakePod("a").Port({}));
  const ReportedSkips none = [](const auto&) { return std::span<const CurrentSkip>(); };
  SkippedSteps steps(pages.cache(), endpoints::AddressMode::kHostPort, none, std::nullopt, PageFormat::kText);
  const Made made = Make(steps, "no_host_port");
  CHECK(made.most_rows <= kRowsPerStep);
  CHECK(Count(made.text, "no_host_port") == 2000);
  // Each pod counts once, and so does each skip.
  CHECK(made.steps >= 2 * 2000 / kRowsPerStep);
}

TEST_CASE("services and pods may be deleted between the steps of the page of skips") {
  Pages pages;
  for (int i = 0; i < 3; ++i) pages.Add(MakeService("web-" + std::to_string(i)).Port({.name = "http"}));
  for (std::size_t i = 0; i < 2 * kRowsPerStep; ++i) pages.Add(MakePod(Name(i)).Port({}));
  http_server::Page page = pages.Begin("/debug/skipped");
  CHECK(page.steps->Next(page.body));
  CHECK(page.body.empty());
  pages.cache().services().BeginReplace();
  pages.cache().services().FinishReplace("1000000");
  pages.cache().pods().BeginReplace();
  pages.cache().pods().FinishReplace("1000000");
  const Made made = Make(*page.steps, "no_host_port");
  // Only the service that was planned before is listed.
  CHECK(Count(made.text, "default/web-0") == 2 * kRowsPerStep);
  CHECK(Count(made.text, "default/web-1") == 0);
}

ServiceReport LargeReport() {
  ServiceReport report{.service = MakeService("web").Port({.name = "http"})};
  report.has_endpoints = true;
  kube::EndpointSubset& subset = report.subsets.emplace_back();
  subset.ports = {{kube::Symbol("http"), 31080, kube::Protocol::kTcp, {}}};
  for (std::size_t i = 0; i < kPods; ++i) {
    report.pods.push_back({.pod = kube::Symbol(Name(i)),
                           .service_port = "http",
                           .standing = "skipped",
                           .reason = endpoints::SkipReason::kNoHostPort,
                           .sentence = "container \"main\" declares port 8080/TCP without a hostPort"});
    subset.addresses.push_back({.ip = kube::Symbol("10.0.0.1")});
  }
  return report;
}

TEST_CASE("no step of the page of a service writes more than kRowsPerStep rows") {
  Pages pages;
  const auto text = ReportText(LargeReport(), pages.cache());
  const Made table = Make(*text, "http");
  CheckBounded(table);
  CHECK(Count(table.text, "no_host_port: container") == kPods);
  CHECK(Count(table.text, "10.0.0.1") == kPods);

  const auto json = ReportJson(LargeReport(), pages.cache());
  const Made object = Make(*json, "{\"");
  CHECK(object.most_rows <= kRowsPerStep + 1);
  CHECK(object.most_bytes <= kRowsPerStep * 400);
  CHECK(Count(object.text, "no_host_port") == kPods);
  CHECK(Count(object.text, "10.0.0.1") == kPods);
}

kube::EndpointSlice Slice(int number) {
  kube::EndpointSlice slice;
  slice.meta.ns = kube::Symbol("default");
  slice.meta.name = kube::Symbol("web-" + std::to_string(number));
  slice.meta.labels.Set(kube::Symbol("kubernetes.io/service-name"), kube::Symbol("web"));
  slice.meta.labels.Set(kube::Symbol("endpointslice.kubernetes.io/managed-by"),
                        kube::Symbol("k8sm-controller-manager"));
  for (int i = 0; i < 100; ++i) slice.endpoints.emplace_back().address = kube::Symbol("10.0.0.1");
  return slice;
}

TEST_CASE("a step writes one slice of a service, and none that was deleted since") {
  for (const std::string format : {"text", "json"}) {
    CAPTURE(format);
    Pages pages;
    pages.Add(MakeService("web").Port({.name = "http"}));
    for (int i = 0; i < 5; ++i) pages.Add(Slice(i));
    const http_server::Page page =
        pages.Begin("/debug/service", {{"namespace", "default"}, {"name", "web"}, {"format", format}});
    std::string text;
    while (Count(text, "10.0.0.1") < 100) REQUIRE(page.steps->Next(text));
    pages.cache().slices().Remove({kube::Symbol("default"), kube::Symbol("web-0")}, "1000000");
    pages.cache().slices().Remove({kube::Symbol("default"), kube::Symbol("web-2")}, "1000001");
    const Made rest = Make(*page.steps, "10.0.0.1");
    CHECK(rest.most_rows == 100);
    CHECK(Count(rest.text, "10.0.0.1") == 300);
    text += rest.text;
    for (const std::string name : {"web-0", "web-1", "web-3", "web-4"}) {
      CHECK(Count(text, format == "json" ? "{\"name\":\"" + name + "\"" : "EndpointSlice " + name + "\n") ==
            1);
    }
    CHECK(Count(text, "web-2") == 0);
    if (format == "json") CHECK(Count(text, "}]},{\"name\":\"web-") == 3);
  }
}

TEST_CASE("a list of slices whose first one was deleted begins with the next one") {
  Pages pages;
  pages.Add(MakeService("web").Port({.name = "http"}));
  for (int i = 0; i < 3; ++i) pages.Add(Slice(i));
  http_server::Page page =
      pages.Begin("/debug/service", {{"namespace", "default"}, {"name", "web"}, {"format", "json"}});
  pages.cache().slices().Remove({kube::Symbol("default"), kube::Symbol("web-0")}, "1000000");
  const Made made = Make(*page.steps, "10.0.0.1");
  CHECK(made.text.find(R"("slices":[{"name":"web-1",)") != std::string::npos);
  CHECK(made.text.find(R"(},{"name":"web-2",)") != std::string::npos);
}

ServicesSteps AllServices(Pages& pages, PageFormat format = PageFormat::kText) {
  static const EmptySince kUnknown = [](const kube::ObjectKey&) { return std::nullopt; };
  return {{pages.cache(), endpoints::AddressMode::kHostPort, kUnknown, pages.failures, std::nullopt},
          {.all = true},
          format};
}

TEST_CASE("a step of long rows ends after so many bytes") {
  constexpr std::size_t kRows = kRowsPerStep - 1;
  Pages pages;
  pages.Add(MakeService("web").Port({.name = "http"}));
  for (std::size_t i = 0; i < kRows; ++i) {
    pages.Add(MakePod(Name(i) + std::string(240, 'x')).Port({}));
    pages.failures.OnFailure({kube::Symbol("default"), kube::Symbol(Name(i))}, std::string(600, 'x'), {});
  }
  const ReportedSkips none = [](const auto&) { return std::span<const CurrentSkip>(); };
  SkippedSteps skipped(pages.cache(), endpoints::AddressMode::kHostPort, none, std::nullopt,
                       PageFormat::kJson);
  ServicesSteps services = AllServices(pages, PageFormat::kJson);
  for (http_server::BodySource* source :
       {static_cast<http_server::BodySource*>(&skipped), static_cast<http_server::BodySource*>(&services)}) {
    const Made made = Make(*source, "\"pod-");
    CHECK(Count(made.text, "\"pod-") == kRows);
    CHECK(made.text.size() > kBytesPerStep + 2'000);
    CHECK(made.most_bytes <= kBytesPerStep + 2'000);
  }
}

TEST_CASE("a step of the page of services plans a bounded number of pods and searches for few typos") {
  Pages pages;
  pages.Add(MakePod("a").Port({.host_port = 31'001}).Ready());
  const bool selects = GENERATE(true, false);
  CAPTURE(selects);
  constexpr std::size_t kServices = 2 * kRowsPerStep + 1;
  for (std::size_t i = 0; i < kServices; ++i) {
    pages.Add(MakeService("web-" + std::to_string(i))
                  .Selector({{kube::Symbol("app"), kube::Symbol(selects ? "web" : "none")}})
                  .Port({.target = 8080}));
  }
  ServicesSteps steps = AllServices(pages);
  const Made made = Make(steps, selects ? "1 pod ready" : "selects no pod");
  CHECK(Count(made.text, "default/web-") == kServices);
  // Each pod of a service counts as one, and each search for a typo as a hundred.
  const std::size_t in_a_step = selects ? kRowsPerStep : 5;
  CHECK(made.steps == (kServices + in_a_step - 1) / in_a_step);
}

TEST_CASE("services may be deleted between the steps of their page") {
  Pages pages;
  for (std::size_t i = 0; i < 2 * kRowsPerStep; ++i)
    pages.Add(MakeService("web-" + std::to_string(i)).Port({.target = 8080}));
  ServicesSteps steps = AllServices(pages);
  std::string text;
  CHECK(steps.Next(text));
  pages.cache().services().BeginReplace();
  pages.cache().services().FinishReplace("1000000");
  const Made rest = Make(steps, "default/web-");
  CHECK(Count(rest.text, "default/web-") <= 5);
}

}  // namespace
}  // namespace k8sm::controller
