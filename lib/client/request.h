// A request, as the callers of ApiClient and ApiStream put it.

#ifndef K8SM_LIB_CLIENT_REQUEST_H_
#define K8SM_LIB_CLIENT_REQUEST_H_

#include <string>
#include <string_view>

namespace k8sm::client {

enum class Method { kGet, kPost, kPut, kDelete, kPatch };

std::string_view ToString(Method method);

struct Request {
  Method method = Method::kGet;
  std::string target;  // path and query, see api_path.h; the config's path_prefix comes before it
  std::string body;
  std::string_view content_type = "application/json";  // of the body, where there is one; a literal
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_REQUEST_H_
