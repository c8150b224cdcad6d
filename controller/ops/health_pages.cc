#include "controller/ops/health_pages.h"

#include <glog/logging.h>

#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

using http_server::Page;
using http_server::PageRequest;
using http_server::Router;

HealthQuery QueryOf(const PageRequest& request) {
  HealthQuery query;
  for (const auto& [key, value] : request.query) {
    if (key == "verbose") query.verbose = true;
    if (key == "exclude") query.exclude.insert(value);
  }
  return query;
}

Page PageOf(HealthAnswer answer) {
  for (const HealthChange& change : answer.changes) {
    if (change.well) {
      LOG(INFO) << change.text;
    } else {
      LOG(WARNING) << change.text;
    }
  }
  return {.status = answer.well ? 200U : 500U, .body = std::move(answer.body)};
}

}  // namespace

void AddHealthPages(HealthChecks& checks, Router& router) {
  for (const auto endpoint : {HealthEndpoint::kHealthz, HealthEndpoint::kLivez, HealthEndpoint::kReadyz}) {
    const std::string path = "/" + std::string(ToString(endpoint));
    const std::string folder = path + "/";
    router.Add(path, "GET", [endpoint, &checks](const PageRequest& request) {
      return PageOf(checks.Answer(endpoint, QueryOf(request)));
    });
    router.Add(folder, "GET", [endpoint, &checks, folder](const PageRequest& request) {
      auto answer = checks.AnswerOne(endpoint, request.path.substr(folder.size()));
      return answer ? PageOf(*std::move(answer)) : Router::NotFound();
    });
  }
}

}  // namespace k8sm::controller
