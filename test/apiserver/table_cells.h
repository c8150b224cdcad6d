// The cells of a row for each kind, in the order of its columns.

#ifndef K8SM_TEST_APISERVER_TABLE_CELLS_H_
#define K8SM_TEST_APISERVER_TABLE_CELLS_H_

#include "test/apiserver/table.h"

namespace k8sm::apiserver {

Cells EndpointsCells(const Json& endpoints);
Cells EndpointSliceCells(const Json& slice);
Cells EventCells(const Json& event);
Cells LeaseCells(const Json& lease);
Cells NamespaceCells(const Json& ns);
Cells NodeCells(const Json& node);
Cells PodCells(const Json& pod);
Cells ServiceCells(const Json& service);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_TABLE_CELLS_H_
