// Faults of the API server that come by chance.

#ifndef K8SM_TEST_INTEGRATION_MODEL_RANDOM_FAULTS_H_
#define K8SM_TEST_INTEGRATION_MODEL_RANDOM_FAULTS_H_

#include "test/apiserver/api_server.h"
#include "test/integration/model/dice.h"

#include <string>

namespace k8sm::test {

// Gives the server one to three faults in place of those that it had, each with a limited number of hits or a
// probability below one half. Returns the rules as JSON. None of them is on connections as a whole.
std::string BreakByChance(apiserver::ApiServer& server, Dice& dice);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_RANDOM_FAULTS_H_
