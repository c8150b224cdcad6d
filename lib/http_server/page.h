// What a router's pages are asked and what they answer, without HTTP's particulars.

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

struct PageRequest {
  std::string method = "GET";  // of HEAD too
  std::string path;            // decoded, here and below
  std::vector<std::pair<std::string, std::string>> query;
  std::string accept;  // the header Accept
  std::string body;

  // The first parameter of that name; null where there is none.
  const std::string* Param(std::string_view name) const {
    for (const auto& [key, value] : query) {
      if (key == name) return &value;
    }
    return nullptr;
  }
};

// Nothing where the request's target is no path and query, nor a URL.
std::optional<PageRequest> PageRequestOf(const Request& request);

// Makes a long text in steps. Other work is done between two steps, so the caches may have changed: what a
// source keeps across steps is copies, or keys by which it looks things up again, never pointers or iterators
// into a cache.
class BodySource {
 public:
  virtual ~BodySource() = default;

  // Appends the next part of the text, which may be empty, and does no more than a few milliseconds' work,
  // whatever the size of the whole. Returns whether more follows. REQUIRES: it has returned nothing but true.
  virtual bool Next(std::string& out) = 0;
};

struct Page {
  static constexpr std::string_view kPlain = "text/plain; charset=utf-8";
  static constexpr std::string_view kJson = "application/json";

  unsigned status = 200;
  std::string_view content_type = kPlain;  // a literal
  std::string body;
  std::string allow;                  // with 405: the methods that would do
  std::unique_ptr<BodySource> steps;  // makes what follows the body; null: nothing does
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_PAGE_H_
