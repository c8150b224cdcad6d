// What `kubectl get` prints of each kind.

#ifndef K8SM_TEST_APISERVER_TABLE_H_
#define K8SM_TEST_APISERVER_TABLE_H_

#include "test/apiserver/json.h"
#include "test/apiserver/object.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

struct Column {
  std::string_view name;
  // 1 is shown with -o wide only.
  int priority = 0;
  // "string" or "integer".
  std::string_view type = "string";
};

using Cells = std::vector<std::string>;

std::span<const Column> ColumnsOf(const Resource& resource);
// In the order of the columns.
Cells CellsOf(const Object& object);

// "5m10s", as kubectl tells ages.
std::string HumanDuration(std::int64_t seconds);
// How long ago; "<unknown>" for no timestamp.
std::string AgeOf(std::string_view timestamp);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_TABLE_H_
