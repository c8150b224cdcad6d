// Which page is served under which path.

#ifndef K8SM_CONTROLLER_OPS_ROUTER_H_
#define K8SM_CONTROLLER_OPS_ROUTER_H_

#include "controller/ops_page.h"
#include "controller/page_pace.h"

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
  // The same for a page that takes the longer the more there is in the cluster, which is made at a pace.
  void AddPaced(std::string path, std::string method, Handler handler);

  // When the page may be asked for by who comes now: a paced one when those that wait for it have had it, any
  // other always has been. Nothing: too many wait. To be called once before each Answer().
  std::optional<PagePace::Clock::time_point> ReserveTurn(const OpsRequest& request);

  // The page that the path's handler gives; 404 where there is no such path, 405 where it has not that
  // method.
  OpsPage Answer(const OpsRequest& request);

  static OpsPage NotFound();

 private:
  struct Route {
    Handler handler;
    std::optional<PagePace> pace;  // none: as often as it is asked for
  };
  using Methods = std::map<std::string, Route>;

  Methods* Find(std::string_view path);

  const Now now_;
  std::map<std::string, Methods, std::less<>> routes_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_ROUTER_H_
