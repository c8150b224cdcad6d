// What a request's path and query mean.

#ifndef K8SM_TEST_APISERVER_TARGET_H_
#define K8SM_TEST_APISERVER_TARGET_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

struct Target {
  // Between slashes, decoded; an empty one at the end is dropped.
  std::vector<std::string> path;
  // Decoded; the last of repeated names.
  std::map<std::string, std::string, std::less<>> query;

  static Target Parse(std::string_view target);

  // "" where absent.
  std::string_view Query(std::string_view name) const;
  // "true" and "1", as Go's ParseBool has it for what clients send.
  bool Flag(std::string_view name) const;
  // "/api/v1/pods"
  std::string PathText() const;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_TARGET_H_
