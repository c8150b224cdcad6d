// Lists: from which state, which objects, where the next page begins.

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

// `prefix` of the keys: "ns/", or "" for all. 410 for a state that is forgotten, 504 for one that is yet to
// come, 400 for a continue token that is none.
Outcome<ListPage> ListObjects(const Store& store, const Resource& resource, std::string_view prefix,
                              const ListOptions& options);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_LIST_HANDLER_H_
