// Which page is served under which path.

#ifndef K8SM_CONTROLLER_OPS_ROUTER_H_
#define K8SM_CONTROLLER_OPS_ROUTER_H_

#include "controller/ops_page.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace k8sm::controller {

class OpsRouter {
 public:
  // Answers at once: the program does nothing else meanwhile.
  using Handler = std::function<OpsPage(const OpsRequest& request)>;

  // Serves a method of a path; "GET" serves HEAD too. A path that ends in a slash stands for everything
  // below its first part that has no route of its own.
  void Add(std::string path, std::string method, Handler handler);

  // The page that the path's handler gives; 404 where there is no such path, 405 where it has not that
  // method.
  OpsPage Answer(const OpsRequest& request) const;

  static OpsPage NotFound();

 private:
  using Methods = std::map<std::string, Handler>;

  const Methods* Find(std::string_view path) const;

  std::map<std::string, Methods, std::less<>> routes_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_ROUTER_H_
