// What a person at a terminal, or a script, tells a running server beside the API, on a port of its own:
//
//   GET /faults       the rules in force, with how many requests each has matched and hit
//   PUT /faults       replaces them by the body (fault_rule.h)
//   DELETE /faults    ends them all
//   PUT /tokens       replaces the known tokens by the body (authenticator.h)
//
// It asks for no credentials, is never subject to faults, and answers what it does not know with 404.

#ifndef K8SM_TEST_APISERVER_CONTROL_HANDLER_H_
#define K8SM_TEST_APISERVER_CONTROL_HANDLER_H_

#include "test/apiserver/authenticator.h"
#include "test/apiserver/faults.h"
#include "test/apiserver/http_message.h"

namespace k8sm::apiserver {

// What it is given has to outlive it.
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
