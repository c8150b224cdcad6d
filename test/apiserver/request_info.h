// What a request is about, as far as its method, path and query tell.

#ifndef K8SM_TEST_APISERVER_REQUEST_INFO_H_
#define K8SM_TEST_APISERVER_REQUEST_INFO_H_

#include "test/apiserver/http_message.h"
#include "test/apiserver/registry.h"
#include "test/apiserver/target.h"

#include <string>

namespace k8sm::apiserver {

struct RequestInfo {
  Target target;
  // ref.resource is nullptr for what is no path of a resource.
  ObjectRef ref;
  // get, list, watch, create, update, patch, delete or deletecollection; empty for a method that does not
  // fit, and outside resources.
  std::string verb;

  static RequestInfo Of(const Request& request);

  // The plural, with its subresource: "pods/status"; empty outside resources.
  std::string ResourceName() const;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_REQUEST_INFO_H_
