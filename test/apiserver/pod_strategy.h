// Pods: defaults, mutations by admission plugins, validation.

#ifndef K8SM_TEST_APISERVER_POD_STRATEGY_H_
#define K8SM_TEST_APISERVER_POD_STRATEGY_H_

#include "test/apiserver/strategy.h"

namespace k8sm::apiserver {

extern const Strategy kPodStrategy;

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_POD_STRATEGY_H_
