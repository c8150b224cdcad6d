// OpenAPI 3 documents, made from the schema: kubectl validates by them, merges by them and explains them.

#ifndef K8SM_TEST_APISERVER_OPENAPI_H_
#define K8SM_TEST_APISERVER_OPENAPI_H_

#include <string>
#include <string_view>

namespace k8sm::apiserver {

// Where the documents of the groups are.
std::string OpenApiIndex();

// The types of a group's kinds, and of its paths what kubectl asks for: which patches they take and that they
// know fieldValidation. `group` is empty for the core group.
std::string OpenApiDocument(std::string_view group);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_OPENAPI_H_
