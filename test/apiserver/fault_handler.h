// Stands before the handler and has the faults that the server is told to have.

#ifndef K8SM_TEST_APISERVER_FAULT_HANDLER_H_
#define K8SM_TEST_APISERVER_FAULT_HANDLER_H_

#include "test/apiserver/faults.h"
#include "test/apiserver/handler.h"
#include "test/apiserver/http_message.h"
#include "test/apiserver/store.h"

namespace k8sm::apiserver {

// What it is given has to outlive it.
class FaultHandler {
 public:
  FaultHandler(Faults& faults, Store& store, Handler& handler)
      : faults_(faults), store_(store), handler_(handler) {}

  Response Handle(const Request& request);

 private:
  Faults& faults_;
  Store& store_;
  Handler& handler_;
};

// What the rule makes of the answer, which is an empty one where the request is not carried out.
void Spoil(const FaultRule& rule, Response& response);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_FAULT_HANDLER_H_
