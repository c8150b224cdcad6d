// Maps paths to pages.

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

// Serves pages by path and method, and limits how often expensive ones are created.
class Router {
 public:
  // Creates a page, or its beginning and the source of the rest. Must take no more than a few milliseconds.
  using PageMaker = std::function<Page(const PageRequest& request)>;
  // The clock.
  using Now = std::function<PagePace::Clock::time_point()>;

  // `turn_time`: how long a client waits for a paced page before it gets 503.
  explicit Router(Now now = PagePace::Clock::now,
                  std::chrono::milliseconds turn_time = std::chrono::seconds(3));

  // Adds a page for a path and method; "GET" also serves HEAD. A path that ends in a slash matches everything
  // below its first segment that has no route of its own.
  void Add(std::string path, std::string method, PageMaker maker);
  // Like Add(), for a page whose cost grows with the cluster: it is created for one client at a time, except
  // that another need not wait for one that reads slowly, and limited by a PagePace.
  void AddPaced(std::string path, std::string method, PageMaker maker);

  // A Handler that responds with the page of the request's path, running one step per turn of the loop. A
  // page longer than a piece of some 64 KB is sent piece by piece, each made when the client has accepted
  // those before it. Responds with 404 for an unknown path, 405 for an unsupported method, and 503 if the
  // page is not begun in time. The router must outlive the use of the handler.
  Awaitable<void> Serve(Exchange& exchange) const;

  // Returns the page regardless of its pace, without running its steps.
  Page MakePage(const PageRequest& request) const;

  // The page for an unknown path, with status 404.
  static Page NotFound();

 private:
  class Turn;
  struct Pacing {
    PagePace pace;
    const Turn* latest = nullptr;  // the turn that began last, until it ends
  };
  struct Route {
    PageMaker maker;
    std::shared_ptr<Pacing> pacing;  // null: not paced
  };
  using Methods = std::map<std::string, Route>;
  enum class Wait { kDone, kBusy, kClosed };

  // Returns null if there is none.
  const Route* RouteOf(const PageRequest& request) const;
  const Methods* Find(std::string_view path) const;
  Awaitable<Wait> WaitForTurn(Exchange& exchange, const Pacing* pacing) const;
  Awaitable<void> Answer(Exchange& exchange, const PageRequest& request,
                         std::shared_ptr<Pacing> pacing) const;
  static Awaitable<bool> MakePiece(Connection& connection, Turn& turn, Page& page);
  static Awaitable<void> SendInPieces(Exchange& exchange, Turn& turn, Page& page);

  const Now now_;
  const std::chrono::milliseconds turn_time_;
  std::map<std::string, Methods, std::less<>> routes_;
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_ROUTER_H_
