// The control interface of a running server, on a port of its own:
//
//   GET /faults       the active rules, with how many requests each has matched and hit
//   PUT /faults       replaces the rules by the body (fault_rule.h)
//   DELETE /faults    removes all rules
//   PUT /tokens       replaces the accepted tokens by the body (authenticator.h)
//
// It needs no credentials, is not subject to faults, and answers 404 to anything else.

#ifndef K8SM_TEST_APISERVER_CONTROL_HANDLER_H_
#define K8SM_TEST_APISERVER_CONTROL_HANDLER_H_

#include "test/apiserver/authenticator.h"
#include "test/apiserver/faults.h"
#include "test/apiserver/http_message.h"

namespace k8sm::apiserver {

// The arguments must outlive it.
class ControlHandler {
 public:
  ControlHandler(Faults& faults, Authenticator& authenticator)
      : faults_(faults), authenticator_(authenticator) {}

  Response Handle(const Request& request);

 private:
  Response SetFaults(const std::string& body);
  Response SetTokens(const std::string& body);

  Faults& faults_;
  Authenticator& authenticator_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_CONTROL_HANDLER_H_
