#include "controller/ops/ops_router.h"

#include <utility>

namespace k8sm::controller {

OpsRouter::OpsRouter(Now now) : now_(std::move(now)) {}

void OpsRouter::Add(std::string path, std::string method, Handler handler) {
  routes_[std::move(path)][std::move(method)] = {std::move(handler), std::nullopt};
}

void OpsRouter::AddPaced(std::string path, std::string method, Handler handler) {
  routes_[std::move(path)][std::move(method)] = {std::move(handler), PagePace()};
}

PagePace::Clock::duration OpsRouter::Rest(const OpsRequest& request) const {
  const Route* route = RouteOf(request);
  return route != nullptr && route->pace ? route->pace->Rest(now_()) : PagePace::Clock::duration::zero();
}

OpsPage OpsRouter::Answer(const OpsRequest& request) const {
  if (const Route* route = RouteOf(request)) {
    const auto start = now_();
    OpsPage page = route->handler(request);
    if (route->pace) route->pace->Made(start, now_());
    return page;
  }
  const Methods* methods = Find(request.path);
  if (methods == nullptr) return NotFound();
  OpsPage page{.status = 405, .body = "405 Method Not Allowed\n", .allow = ""};
  for (const auto& [method, ignored] : *methods) {
    page.allow.append(page.allow.empty() ? "" : ", ").append(method == "GET" ? "GET, HEAD" : method);
  }
  return page;
}

OpsPage OpsRouter::NotFound() {
  return {.status = 404, .body = "404 page not found\n", .allow = ""};
}

const OpsRouter::Route* OpsRouter::RouteOf(const OpsRequest& request) const {
  const Methods* methods = Find(request.path);
  if (methods == nullptr) return nullptr;
  const auto route = methods->find(request.method);
  return route == methods->end() ? nullptr : &route->second;
}

const OpsRouter::Methods* OpsRouter::Find(std::string_view path) const {
  auto route = routes_.find(path);
  if (route == routes_.end()) route = routes_.find(path.substr(0, path.find('/', 1) + 1));
  return route == routes_.end() ? nullptr : &route->second;
}

}  // namespace k8sm::controller
