// Random faults of the API server.

#ifndef K8SM_TEST_INTEGRATION_MODEL_RANDOM_FAULTS_H_
#define K8SM_TEST_INTEGRATION_MODEL_RANDOM_FAULTS_H_

#include "test/apiserver/api_server.h"
#include "test/integration/model/dice.h"

#include <string>

namespace k8sm::test {

// Replaces the server's faults by one to three random ones, each with a limited number of hits or a
// probability below one half. Returns the rules as JSON. Never refuses connections.
std::string BreakByChance(apiserver::ApiServer& server, Dice& dice);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_RANDOM_FAULTS_H_
