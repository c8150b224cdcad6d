// Handles list requests: the state to list from, the objects selected, and the continuation.

#ifndef K8SM_TEST_APISERVER_LIST_HANDLER_H_
#define K8SM_TEST_APISERVER_LIST_HANDLER_H_

#include "test/apiserver/list_options.h"
#include "test/apiserver/representation.h"
#include "test/apiserver/store.h"

#include <string_view>
#include <vector>

namespace k8sm::apiserver {

struct ListPage {
  std::vector<ObjectPtr> objects;
  Representation::ListMeta meta;
};

// Lists objects whose keys begin with `prefix`: "ns/", or "" for all. Errors: 410 for a discarded version,
// 504 for a future version, 400 for an invalid continue token.
Outcome<ListPage> ListObjects(const Store& store, const Resource& resource, std::string_view prefix,
                              const ListOptions& options);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_LIST_HANDLER_H_
