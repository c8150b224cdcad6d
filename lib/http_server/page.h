// Requests and responses of a router's pages, without the details of HTTP.

#ifndef K8SM_LIB_HTTP_SERVER_PAGE_H_
#define K8SM_LIB_HTTP_SERVER_PAGE_H_

#include "lib/http_server/message.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::http_server {

// The parts of a request that pages use.
struct PageRequest {
  std::string method = "GET";  // also for HEAD
  std::string path;            // decoded, as is `query`
  std::vector<std::pair<std::string, std::string>> query;
  std::string accept;  // the Accept header
  std::string body;

  // Returns the first parameter of that name; null if there is none.
  const std::string* Param(std::string_view name) const {
    for (const auto& [key, value] : query) {
      if (key == name) return &value;
    }
    return nullptr;
  }
};

// Converts a request. nullopt if its target is neither a path with query nor a URL.
std::optional<PageRequest> PageRequestOf(const Request& request);

// Produces a long text in steps, which are sent as they come. Other work runs between two steps, and some
// time passes if the client reads slowly, so caches may change: a source must keep copies, or keys to look up
// again, but no pointers or iterators into a cache. It should keep little, since several clients may read
// slowly.
class BodySource {
 public:
  virtual ~BodySource() = default;

  // Appends the next part of the text, which may be empty. Must take no more than a few milliseconds and
  // append no more than some 100 KB, whatever the total size. Returns whether more follows. REQUIRES: the
  // previous calls returned true.
  virtual bool Next(std::string& out) = 0;
};

// The response to a PageRequest.
struct Page {
  static constexpr std::string_view kPlain = "text/plain; charset=utf-8";
  static constexpr std::string_view kJson = "application/json";

  unsigned status = 200;
  std::string_view content_type = kPlain;  // must be a literal
  std::string body;
  std::string allow;                  // with 405: the allowed methods
  std::unique_ptr<BodySource> steps;  // produces the text after `body`; null: none
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_PAGE_H_
