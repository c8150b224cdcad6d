// What the ops server is asked and what it answers, without HTTP's particulars.

#ifndef K8SM_CONTROLLER_OPS_OPS_PAGE_H_
#define K8SM_CONTROLLER_OPS_OPS_PAGE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::controller {

struct OpsRequest {
  std::string method = "GET";  // HEAD is told as GET
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

struct OpsPage {
  static constexpr std::string_view kPlain = "text/plain; charset=utf-8";
  static constexpr std::string_view kJson = "application/json";

  unsigned status = 200;
  std::string_view content_type = kPlain;  // a literal
  std::string body;
  std::string allow;  // with 405: the methods that would do
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_OPS_PAGE_H_
