// The columns that `kubectl get` prints for each kind.

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
  // 1: shown only with -o wide.
  int priority = 0;
  // "string" or "integer".
  std::string_view type = "string";
};

using Cells = std::vector<std::string>;

std::span<const Column> ColumnsOf(const Resource& resource);
// Returns the cells in the order of the columns.
Cells CellsOf(const Object& object);

// Formats a duration as kubectl does: "5m10s".
std::string HumanDuration(std::int64_t seconds);
// Returns the time since `timestamp`; "<unknown>" if it is empty or invalid.
std::string AgeOf(std::string_view timestamp);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_TABLE_H_
