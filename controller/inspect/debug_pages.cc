#include "controller/inspect/debug_pages.h"

#include "controller/inspect/debug_service.h"
#include "lib/base/printable.h"

#include <glog/logging.h>

#include <charconv>
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
  if (!sources.synced()) return Plain(503, "not everything has been listed yet: ask again in a moment");
  return std::nullopt;
}

Page SkippedPage(const DebugSources& sources, const PageRequest& request) {
  if (auto hindrance = Hindrance(sources, request)) return *std::move(hindrance);
  const PageFormat format = FormatOf(request);
  return {.content_type = ContentTypeOf(format),
          .steps = std::make_unique<SkippedSteps>(sources.cache, sources.mode, sources.reported, format)};
}

Page ServicePage(const DebugSources& sources, const PageRequest& request) {
  const std::string* ns = request.Param("namespace");
  const std::string* name = request.Param("name");
  if (ns == nullptr || name == nullptr || ns->empty() || name->empty()) {
    return Plain(400, "which service? ask for /debug/service?namespace=NAMESPACE&name=NAME");
  }
  if (auto hindrance = Hindrance(sources, request)) return *std::move(hindrance);
  auto report = ReportOn({kube::Symbol(*ns), kube::Symbol(*name)}, sources.cache, sources.mode);
  if (!report) {
    return Plain(404, "there is no service " + Printable(*name) + " in namespace " + Printable(*ns) +
                          ", or this process does not look after it");
  }
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
  if (level != FLAGS_v)
    LOG(INFO) << "the log's verbosity is " << level << " from now on, as /debug/flags/v was told";
  FLAGS_v = level;
  return Plain(200, "successfully set glog's verbosity to " + std::to_string(level));
}

}  // namespace

void AddDebugPages(DebugSources sources, http_server::Router& router) {
  const auto shared = std::make_shared<const DebugSources>(std::move(sources));
  router.AddPaced("/debug/skipped", "GET",
                  [shared](const PageRequest& request) { return SkippedPage(*shared, request); });
  router.AddPaced("/debug/service", "GET",
                  [shared](const PageRequest& request) { return ServicePage(*shared, request); });
  router.Add("/debug/flags/v", "PUT", SetVerbosity);
}

}  // namespace k8sm::controller
