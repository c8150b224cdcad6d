#include "controller/ops_router.h"

#include <utility>

namespace k8sm::controller {

void OpsRouter::Add(std::string path, std::string method, Handler handler) {
  routes_[std::move(path)][std::move(method)] = std::move(handler);
}

OpsPage OpsRouter::Answer(const OpsRequest& request) const {
  const Methods* methods = Find(request.path);
  if (methods == nullptr) return NotFound();
  const auto handler = methods->find(request.method);
  if (handler != methods->end()) return handler->second(request);
  OpsPage page{.status = 405, .body = "405 Method Not Allowed\n", .allow = ""};
  for (const auto& [method, ignored] : *methods) {
    page.allow.append(page.allow.empty() ? "" : ", ").append(method == "GET" ? "GET, HEAD" : method);
  }
  return page;
}

OpsPage OpsRouter::NotFound() {
  return {.status = 404, .body = "404 page not found\n", .allow = ""};
}

const OpsRouter::Methods* OpsRouter::Find(std::string_view path) const {
  auto route = routes_.find(path);
  if (route == routes_.end()) route = routes_.find(path.substr(0, path.find('/', 1) + 1));
  return route == routes_.end() ? nullptr : &route->second;
}

}  // namespace k8sm::controller
