#include "controller/ops/health_pages.h"

#include <glog/logging.h>

#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

HealthQuery QueryOf(const OpsRequest& request) {
  HealthQuery query;
  for (const auto& [key, value] : request.query) {
    if (key == "verbose") query.verbose = true;
    if (key == "exclude") query.exclude.insert(value);
  }
  return query;
}

OpsPage PageOf(HealthAnswer answer) {
  for (const HealthChange& change : answer.changes) {
    if (change.well) {
      LOG(INFO) << change.text;
    } else {
      LOG(WARNING) << change.text;
    }
  }
  return {.status = answer.well ? 200U : 500U, .body = std::move(answer.body), .allow = ""};
}

}  // namespace

void AddHealthPages(HealthChecks& checks, OpsRouter& router) {
  for (const auto endpoint : {HealthEndpoint::kHealthz, HealthEndpoint::kLivez, HealthEndpoint::kReadyz}) {
    const std::string path = "/" + std::string(ToString(endpoint));
    const std::string folder = path + "/";
    router.Add(path, "GET", [endpoint, &checks](const OpsRequest& request) {
      return PageOf(checks.Answer(endpoint, QueryOf(request)));
    });
    router.Add(folder, "GET", [endpoint, &checks, folder](const OpsRequest& request) {
      auto answer = checks.AnswerOne(endpoint, request.path.substr(folder.size()));
      return answer ? PageOf(*std::move(answer)) : OpsRouter::NotFound();
    });
  }
}

}  // namespace k8sm::controller
