// The authenticated user of a request.

#ifndef K8SM_TEST_APISERVER_USER_H_
#define K8SM_TEST_APISERVER_USER_H_

#include <string>
#include <vector>

namespace k8sm::apiserver {

struct User {
  std::string name;
  std::vector<std::string> groups;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_USER_H_
