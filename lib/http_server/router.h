// Which page is served under which path.

#ifndef K8SM_LIB_HTTP_SERVER_ROUTER_H_
#define K8SM_LIB_HTTP_SERVER_ROUTER_H_

#include "lib/async/token.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/page.h"
#include "lib/http_server/page_pace.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace k8sm::http_server {

class Router {
 public:
  // Makes a page, or its beginning and the steps that make the rest. Does no more than a few milliseconds'
  // work.
  using PageMaker = std::function<Page(const PageRequest& request)>;
  // Tells the time.
  using Now = std::function<PagePace::Clock::time_point()>;

  // `turn_time`: how long a client waits for a paced page before it gets 503.
  explicit Router(Now now = PagePace::Clock::now,
                  std::chrono::milliseconds turn_time = std::chrono::seconds(3));

  // Serves a method of a path; "GET" serves HEAD too. A path that ends in a slash stands for everything
  // below its first part that has no route of its own.
  void Add(std::string path, std::string method, PageMaker maker);
  // The same for a page whose cost grows with the cluster: it is made for one client at a time, and at a
  // PagePace.
  void AddPaced(std::string path, std::string method, PageMaker maker);

  // A Handler: answers with the page of the request's path. Its steps are made one in a turn of the loop. 404
  // where there is no such path, 405 where it has not that method, 503 where the page is not made in time.
  // The router has to outlive the handler's use.
  Awaitable<void> Serve(Exchange& exchange) const;

  // The page without its pace, its steps not made yet.
  Page MakePage(const PageRequest& request) const;

  static Page NotFound();

 private:
  struct Pacing {
    PagePace pace;
    bool making = false;
  };
  struct Route {
    PageMaker maker;
    std::shared_ptr<Pacing> pacing;  // null: it is made as often as it is asked for
  };
  using Methods = std::map<std::string, Route>;
  class Turn;
  enum class Wait { kDone, kBusy, kClosed };

  // Null where there is none.
  const Route* RouteOf(const PageRequest& request) const;
  const Methods* Find(std::string_view path) const;
  Awaitable<Wait> WaitForTurn(Exchange& exchange, const Pacing* pacing) const;
  Awaitable<bool> MakeWhole(Exchange& exchange, const PageRequest& request, std::shared_ptr<Pacing> pacing,
                            Page& page) const;

  const Now now_;
  const std::chrono::milliseconds turn_time_;
  std::map<std::string, Methods, std::less<>> routes_;
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_ROUTER_H_
