// What a request is about, derived from its method, path and query.

#ifndef K8SM_TEST_APISERVER_REQUEST_INFO_H_
#define K8SM_TEST_APISERVER_REQUEST_INFO_H_

#include "test/apiserver/http_message.h"
#include "test/apiserver/registry.h"
#include "test/apiserver/target.h"

#include <string>

namespace k8sm::apiserver {

struct RequestInfo {
  Target target;
  // ref.resource is nullptr if the path is not that of a resource.
  ObjectRef ref;
  // get, list, watch, create, update, patch, delete or deletecollection; empty for an unsupported method and
  // outside resources.
  std::string verb;

  static RequestInfo Of(const Request& request);

  // Returns the plural with the subresource, "pods/status"; empty outside resources.
  std::string ResourceName() const;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_REQUEST_INFO_H_
