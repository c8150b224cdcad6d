// Normalises the path of a server's URL, to which request paths are appended.

#ifndef K8SM_LIB_CLIENT_CONFIG_URL_PATH_H_
#define K8SM_LIB_CLIENT_CONFIG_URL_PATH_H_

#include <string>
#include <string_view>

namespace k8sm::client {

// Takes a decoded path and returns it cleaned and percent-encoded, without trailing slash, as Go's
// path.Join() and net/url do: "/a//b/./c/../" becomes "/a/b", and "/" becomes "".
std::string CleanPath(std::string_view path);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_URL_PATH_H_
