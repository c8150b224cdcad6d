// Which page is served under which path.

#ifndef K8SM_CONTROLLER_OPS_OPS_ROUTER_H_
#define K8SM_CONTROLLER_OPS_OPS_ROUTER_H_

#include "controller/ops/ops_page.h"
#include "controller/ops/page_pace.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::controller {

class OpsRouter {
 public:
  // Answers at once: the program does nothing else meanwhile.
  using Handler = std::function<OpsPage(const OpsRequest& request)>;
  // Tells the time.
  using Now = std::function<PagePace::Clock::time_point()>;

  explicit OpsRouter(Now now = PagePace::Clock::now);

  // Serves a method of a path; "GET" serves HEAD too. A path that ends in a slash stands for everything
  // below its first part that has no route of its own.
  void Add(std::string path, std::string method, Handler handler);
  // The same for a page that takes the longer the more there is in the cluster, and is made at a PagePace.
  void AddPaced(std::string path, std::string method, Handler handler);

  // How long to wait before Answer() is called for the request; 0: no longer.
  PagePace::Clock::duration Rest(const OpsRequest& request) const;

  // The page that the path's handler gives; 404 where there is no such path, 405 where it has not that
  // method.
  OpsPage Answer(const OpsRequest& request) const;

  static OpsPage NotFound();

 private:
  struct Route {
    Handler handler;
    mutable std::optional<PagePace> pace;  // none: it is made as often as it is asked for
  };
  using Methods = std::map<std::string, Route>;

  // Null where there is none.
  const Route* RouteOf(const OpsRequest& request) const;
  const Methods* Find(std::string_view path) const;

  const Now now_;
  std::map<std::string, Methods, std::less<>> routes_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_OPS_ROUTER_H_
