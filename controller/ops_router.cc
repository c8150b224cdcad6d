#include "controller/ops_router.h"

#include <utility>

namespace k8sm::controller {

OpsRouter::OpsRouter(Now now) : now_(std::move(now)) {}

void OpsRouter::Add(std::string path, std::string method, Handler handler) {
  routes_[std::move(path)][std::move(method)] = {std::move(handler), std::nullopt};
}

void OpsRouter::AddPaced(std::string path, std::string method, Handler handler) {
  routes_[std::move(path)][std::move(method)] = {std::move(handler), PagePace()};
}

std::optional<PagePace::Clock::time_point> OpsRouter::ReserveTurn(const OpsRequest& request) {
  constexpr auto kAtOnce = PagePace::Clock::time_point::min();
  Methods* methods = Find(request.path);
  if (methods == nullptr) return kAtOnce;
  const auto route = methods->find(request.method);
  if (route == methods->end() || !route->second.pace) return kAtOnce;
  return route->second.pace->Reserve(now_());
}

OpsPage OpsRouter::Answer(const OpsRequest& request) {
  Methods* methods = Find(request.path);
  if (methods == nullptr) return NotFound();
  const auto found = methods->find(request.method);
  if (found != methods->end()) {
    Route& route = found->second;
    const auto start = now_();
    OpsPage page = route.handler(request);
    if (route.pace) route.pace->Made(now_() - start);
    return page;
  }
  OpsPage page{.status = 405, .body = "405 Method Not Allowed\n", .allow = ""};
  for (const auto& [method, ignored] : *methods) {
    page.allow.append(page.allow.empty() ? "" : ", ").append(method == "GET" ? "GET, HEAD" : method);
  }
  return page;
}

OpsPage OpsRouter::NotFound() {
  return {.status = 404, .body = "404 page not found\n", .allow = ""};
}

OpsRouter::Methods* OpsRouter::Find(std::string_view path) {
  auto route = routes_.find(path);
  if (route == routes_.end()) route = routes_.find(path.substr(0, path.find('/', 1) + 1));
  return route == routes_.end() ? nullptr : &route->second;
}

}  // namespace k8sm::controller
