#include "controller/inspect/debug_pages.h"

#include "controller/inspect/debug_service.h"
#include "lib/base/printable.h"

#include <glog/logging.h>

#include <charconv>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace k8sm::controller {
namespace {

using http_server::Page;
using http_server::PageRequest;

Page Plain(unsigned status, std::string body) {
  return {.status = status, .body = std::move(body) + "\n"};
}

PageFormat FormatOf(const PageRequest& request) {
  const std::string* format = request.Param("format");
  const bool json =
      format != nullptr ? *format == "json" : request.accept.find(Page::kJson) != std::string::npos;
  return json ? PageFormat::kJson : PageFormat::kText;
}

std::string_view ContentTypeOf(PageFormat format) {
  return format == PageFormat::kJson ? Page::kJson : Page::kPlain;
}

// Returns the error page for a request that cannot be answered; nullopt if it can.
std::optional<Page> Hindrance(const DebugSources& sources, const PageRequest& request) {
  const std::string* format = request.Param("format");
  if (format != nullptr && *format != "json" && *format != "text") {
    return Plain(400, "format is text or json, not what was asked for");
  }
  if (!sources.synced()) {
    return Plain(503, sources.waiting_for().value_or("not everything has been listed yet") +
                          ": ask again in a moment");
  }
  return std::nullopt;
}

// A line that says so, and who leads, if this process is a standby.
std::optional<std::string> StandbyOf(const DebugSources& sources) {
  return sources.leads() ? std::nullopt : std::optional(sources.role());
}

Page SkippedPage(const DebugSources& sources, const PageRequest& request) {
  if (auto hindrance = Hindrance(sources, request)) return *std::move(hindrance);
  const PageFormat format = FormatOf(request);
  return {.content_type = ContentTypeOf(format),
          .steps = std::make_unique<SkippedSteps>(sources.cache, sources.mode, sources.reported,
                                                  StandbyOf(sources), format)};
}

constexpr const char* kIndex =
    "/debug/services                         the services without endpoints or whose syncs fail, and why\n"
    "  ?namespace=NS                         of one namespace\n"
    "  ?reason=REASON                        for one reason: no_pods, mistyped_selector, skipped,\n"
    "                                        not_ready, ended or sync_failed\n"
    "  ?all=true                             with the services that have endpoints\n"
    "/debug/skipped                          the pods that are not published, and what to change\n"
    "/debug/service?namespace=NS&name=NAME   what is published for a service, and why each pod is or is not\n"
    "/debug/ports                            with -mesos_master: host ports, who holds them, and what is "
    "wrong\n"
    "/debug/flags/v                          PUT a number: the verbosity of the log\n"
    "\n"
    "?format=json gives JSON. /metrics, /livez?verbose and /readyz?verbose are the other pages.\n";

// The router passes every unknown path below /debug/.
Page IndexPage(const DebugSources& sources, const PageRequest& request) {
  if (request.path != "/debug" && request.path != "/debug/") return http_server::Router::NotFound();
  const std::optional<std::string> waiting = sources.waiting_for();
  return {.body = sources.role() + "\n" + (waiting ? *waiting + "\n" : "") + "\n" + kIndex};
}

// Returns the reason of that name; nullopt if there is none.
std::optional<endpoints::EmptyReason> EmptyReasonOf(std::string_view name) {
  for (std::size_t i = 0; i < endpoints::kEmptyReasons; ++i) {
    if (const auto reason = static_cast<endpoints::EmptyReason>(i); ToString(reason) == name) return reason;
  }
  return std::nullopt;
}

Page ServicesPage(const DebugSources& sources, const PageRequest& request) {
  ServicesFilter filter;
  if (const std::string* ns = request.Param("namespace")) filter.ns = kube::Symbol(*ns);
  if (const std::string* reason = request.Param("reason")) {
    filter.reason = EmptyReasonOf(*reason);
    filter.failing = *reason == kSyncFailed;
    if (!filter.reason && !filter.failing)
      return Plain(400, "reason is no_pods, mistyped_selector, skipped, not_ready, ended or sync_failed");
  }
  if (const std::string* all = request.Param("all")) {
    filter.all = *all == "true";
    if (!filter.all && *all != "false") return Plain(400, "all is true or false");
  }
  if (auto hindrance = Hindrance(sources, request)) return *std::move(hindrance);
  const PageFormat format = FormatOf(request);
  ServicesSteps::Sources rows{sources.cache, sources.mode, sources.empty_since, sources.failures,
                              StandbyOf(sources)};
  return {.content_type = ContentTypeOf(format),
          .steps = std::make_unique<ServicesSteps>(std::move(rows), std::move(filter), format)};
}

Page ServicePage(const DebugSources& sources, const PageRequest& request) {
  const std::string* ns = request.Param("namespace");
  const std::string* name = request.Param("name");
  if (ns == nullptr || name == nullptr || ns->empty() || name->empty()) {
    return Plain(400, "which service? ask for /debug/service?namespace=NAMESPACE&name=NAME");
  }
  if (auto hindrance = Hindrance(sources, request)) return *std::move(hindrance);
  const kube::ObjectKey key{kube::Symbol(*ns), kube::Symbol(*name)};
  auto report = ReportOn(key, sources.cache, sources.mode, sources.seen, sources.limits);
  if (!report) {
    return Plain(404, "there is no service " + Printable(*name) + " in namespace " + Printable(*ns) +
                          ", or this process does not manage it");
  }
  if (const SyncFailure* failure = sources.failures.Find(key)) report->failure = *failure;
  const PageFormat format = FormatOf(request);
  const auto write = format == PageFormat::kJson ? ReportJson : ReportText;
  return {.content_type = ContentTypeOf(format), .steps = write(*std::move(report), sources.cache)};
}

// Same format and answers as Kubernetes components (k8s.io/apiserver/pkg/server/routes/flags.go).
Page SetVerbosity(const PageRequest& request) {
  std::string_view text = request.body;
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  int level = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), level);
  if (error != std::errc() || end != text.data() + text.size() || level < 0) {
    return Plain(400, "the body has to be a number from 0 up, as -v takes it");
  }
  if (level != FLAGS_v) LOG(INFO) << "the log's verbosity is " << level << ", set through /debug/flags/v";
  FLAGS_v = level;
  return Plain(200, "successfully set glog's verbosity to " + std::to_string(level));
}

}  // namespace

void AddDebugPages(DebugSources sources, http_server::Router& router) {
  const auto shared = std::make_shared<const DebugSources>(std::move(sources));
  const auto index = [shared](const PageRequest& request) { return IndexPage(*shared, request); };
  router.Add("/debug", "GET", index);
  router.Add("/debug/", "GET", index);
  router.AddPaced("/debug/skipped", "GET",
                  [shared](const PageRequest& request) { return SkippedPage(*shared, request); });
  router.AddPaced("/debug/services", "GET",
                  [shared](const PageRequest& request) { return ServicesPage(*shared, request); });
  router.AddPaced("/debug/service", "GET",
                  [shared](const PageRequest& request) { return ServicePage(*shared, request); });
  router.Add("/debug/flags/v", "PUT", SetVerbosity);
}

}  // namespace k8sm::controller
