// Loads objects from files.

#ifndef K8SM_TEST_APISERVER_LOADER_H_
#define K8SM_TEST_APISERVER_LOADER_H_

#include "lib/base/error.h"
#include "test/apiserver/registry.h"

#include <string>

namespace k8sm::apiserver {

// Stores every object of the .yaml, .yml and .json files under `directory`, in path order. A file may hold
// several documents, and a document may be a List. Errors: see ApiServer::Load.
Result<void> LoadDirectory(Registry& registry, const std::string& directory);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_LOADER_H_
