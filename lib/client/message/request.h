// A request to the API server.

#ifndef K8SM_LIB_CLIENT_MESSAGE_REQUEST_H_
#define K8SM_LIB_CLIENT_MESSAGE_REQUEST_H_

#include "lib/client/message/encoding.h"

#include <string>
#include <string_view>

namespace k8sm::client {

enum class Method { kGet, kPost, kPut, kDelete, kPatch };

// The method as sent: "GET".
std::string_view ToString(Method method);

// One request. Credentials and host come from the client.
struct Request {
  Method method = Method::kGet;
  std::string target;  // path and query, see api_path.h; the config's path_prefix is prepended
  std::string body;
  std::string_view accept = kJsonType;        // must be a literal
  std::string_view content_type = kJsonType;  // content type of the body, if any; must be a literal
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_MESSAGE_REQUEST_H_
