// Applies the injected faults to requests before and after the handler.

#ifndef K8SM_TEST_APISERVER_FAULT_HANDLER_H_
#define K8SM_TEST_APISERVER_FAULT_HANDLER_H_

#include "test/apiserver/faults.h"
#include "test/apiserver/handler.h"
#include "test/apiserver/http_message.h"
#include "test/apiserver/store.h"

namespace k8sm::apiserver {

// The arguments must outlive it.
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

// Applies the rule to a response, which is empty if the request was not carried out.
void Spoil(const FaultRule& rule, Response& response);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_FAULT_HANDLER_H_
