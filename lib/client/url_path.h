// The path of a server's URL, before which requests are made.

#ifndef K8SM_LIB_CLIENT_URL_PATH_H_
#define K8SM_LIB_CLIENT_URL_PATH_H_

#include <string>
#include <string_view>

namespace k8sm::client {

// As Go's path.Join() and net/url: "/a//b/./c/../" is "/a/b", and "/" is "". Takes a decoded path and returns
// it percent-encoded, without a slash at its end.
std::string CleanPath(std::string_view path);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_URL_PATH_H_
