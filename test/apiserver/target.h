// Parsing of a request's path and query.

#ifndef K8SM_TEST_APISERVER_TARGET_H_
#define K8SM_TEST_APISERVER_TARGET_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

struct Target {
  // The path segments, decoded; an empty last one is dropped.
  std::vector<std::string> path;
  // The decoded query parameters; of repeated names the last.
  std::map<std::string, std::string, std::less<>> query;

  static Target Parse(std::string_view target);

  // Returns "" if the parameter is absent.
  std::string_view Query(std::string_view name) const;
  // Returns true for "true" and "1", the forms of Go's ParseBool that clients send.
  bool Flag(std::string_view name) const;
  // Returns e.g. "/api/v1/pods".
  std::string PathText() const;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_TARGET_H_
