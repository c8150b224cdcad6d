// Handles requests: authentication, routing and the verbs of the API.

#ifndef K8SM_TEST_APISERVER_HANDLER_H_
#define K8SM_TEST_APISERVER_HANDLER_H_

#include "test/apiserver/authenticator.h"
#include "test/apiserver/emulation.h"
#include "test/apiserver/http_message.h"
#include "test/apiserver/registry.h"
#include "test/apiserver/representation.h"
#include "test/apiserver/request_info.h"
#include "test/apiserver/request_log.h"
#include "test/apiserver/store.h"

#include <optional>
#include <string>

namespace k8sm::apiserver {

// A parsed request for a resource.
struct ResourceRequest : RequestInfo {
  Representation representation;
};

// Handles requests synchronously, one at a time. The arguments must outlive it.
class Handler {
 public:
  Handler(Store& store, Registry& registry, RequestLog& log, const Authenticator& authenticator,
          const Emulation& emulation)
      : store_(store), registry_(registry), log_(log), authenticator_(authenticator), emulation_(emulation) {}

  Response Handle(const Request& request);

 private:
  std::optional<User> UserOf(const Request& request, const Target& target) const;
  // Handles the request as version 1.36 does, without emulation.
  Response HandlePlainly(const Request& request);
  Response HandleResource(const Request& request, ResourceRequest resource_request, const std::string& user);
  Outcome<Response> Dispatch(const Request& request, const ResourceRequest& resource_request);

  Outcome<Response> Get(const ResourceRequest& request) const;
  Outcome<Response> List(const ResourceRequest& request) const;
  Outcome<Response> Watch(const ResourceRequest& request);
  Outcome<Response> Write(const Request& request, const ResourceRequest& resource_request);
  Outcome<Response> Patch(const Request& request, const ResourceRequest& resource_request);
  Outcome<Response> Delete(const Request& request, const ResourceRequest& resource_request);
  Outcome<Response> DeleteCollection(const Request& request, const ResourceRequest& resource_request);

  Store& store_;
  Registry& registry_;
  RequestLog& log_;
  const Authenticator& authenticator_;
  const Emulation& emulation_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_HANDLER_H_
