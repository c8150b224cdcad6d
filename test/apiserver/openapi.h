// OpenAPI 3 documents generated from the schema, which kubectl uses to validate, merge and explain objects.

#ifndef K8SM_TEST_APISERVER_OPENAPI_H_
#define K8SM_TEST_APISERVER_OPENAPI_H_

#include <string>
#include <string_view>

namespace k8sm::apiserver {

// Returns the index of the documents, one per group.
std::string OpenApiIndex();

// Returns the types of the group's kinds and, of its paths, the parts kubectl needs: the supported patch
// types and fieldValidation. `group` is empty for the core group.
std::string OpenApiDocument(std::string_view group);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_OPENAPI_H_
