#include "controller/inspect/debug_pages.h"

#include "controller/inspect/debug_service.h"

#include <glog/logging.h>

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace k8sm::controller {
namespace {

OpsPage Plain(unsigned status, std::string body) {
  return {.status = status, .body = std::move(body) + "\n", .allow = ""};
}

bool WantsJson(const OpsRequest& request) {
  const std::string* format = request.Param("format");
  return format != nullptr ? *format == "json" : request.accept.find("application/json") != std::string::npos;
}

// What has to be said instead of an answer; nothing: go on.
std::optional<OpsPage> Hindrance(const DebugSources& sources, const OpsRequest& request) {
  const std::string* format = request.Param("format");
  if (format != nullptr && *format != "json" && *format != "text") {
    return Plain(400, "format is text or json, not what was asked for");
  }
  if (!sources.synced()) return Plain(503, "not everything has been listed yet: ask again in a moment");
  return std::nullopt;
}

OpsPage SkippedPage(const DebugSources& sources, const OpsRequest& request) {
  if (auto hindrance = Hindrance(sources, request)) return *std::move(hindrance);
  const auto skipped = FindSkipped(sources.cache, sources.mode, sources.since);
  if (WantsJson(request)) return {.content_type = OpsPage::kJson, .body = SkippedJson(skipped), .allow = ""};
  return {.body = SkippedTable(skipped), .allow = ""};
}

OpsPage ServicePage(const DebugSources& sources, const OpsRequest& request) {
  const std::string* ns = request.Param("namespace");
  const std::string* name = request.Param("name");
  if (ns == nullptr || name == nullptr || ns->empty() || name->empty()) {
    return Plain(400, "which service? ask for /debug/service?namespace=NAMESPACE&name=NAME");
  }
  if (auto hindrance = Hindrance(sources, request)) return *std::move(hindrance);
  const auto report = ReportOn({kube::Symbol(*ns), kube::Symbol(*name)}, sources.cache, sources.mode);
  if (!report) {
    return Plain(404, "there is no service " + endpoints::OneLine(*name) + " in namespace " +
                          endpoints::OneLine(*ns) + ", or this process does not look after it");
  }
  if (WantsJson(request)) return {.content_type = OpsPage::kJson, .body = ReportJson(*report), .allow = ""};
  return {.body = ReportText(*report), .allow = ""};
}

// As Kubernetes' components do (k8s.io/apiserver/pkg/server/routes/flags.go).
OpsPage SetVerbosity(const OpsRequest& request) {
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

void AddDebugPages(DebugSources sources, OpsRouter& router) {
  const auto shared = std::make_shared<const DebugSources>(std::move(sources));
  router.AddPaced("/debug/skipped", "GET",
                  [shared](const OpsRequest& request) { return SkippedPage(*shared, request); });
  router.AddPaced("/debug/service", "GET",
                  [shared](const OpsRequest& request) { return ServicePage(*shared, request); });
  router.Add("/debug/flags/v", "PUT", SetVerbosity);
}

}  // namespace k8sm::controller
