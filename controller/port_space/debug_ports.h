// The page /debug/ports: what agents offer, what is free, and what is wrong.

#ifndef K8SM_CONTROLLER_PORT_SPACE_DEBUG_PORTS_H_
#define K8SM_CONTROLLER_PORT_SPACE_DEBUG_PORTS_H_

#include "controller/port_space/port_watch.h"
#include "lib/http_server/router.h"

namespace k8sm::controller {

// Adds
//   GET /debug/ports               a table of the agents, the one with the fewest free ports first, and
//                                  findings
//   GET /debug/ports?format=json   {"snapshot":{"master":…,"age_seconds":…,"complete":…,"fresh":…,
//                                                "all_namespaces":…,"nodes_known":…,"agents":…},
//                                   "scheduler":{"framework_roles":[…],"default_pod_roles":[…],
//                                                "host_port_endpoints":…},
//                                   "offered":…,"free":…,
//                                   "columns":["31000-31004",…],"free_by_column":[…],
//                                   "bands":[{"agents":25,"first":"node1","free":[…],"marks":[[31700,"clash"]]}],
//                                   "findings":[{"rule":…,"message":…}],"more":0}
//     &rows=1..400                 the number of bands, 200 by default
//   GET /debug/ports?agent=NAME    each run of ports of the (up to 10) agents of this name, with state and
//                                  holder; with &format=json
//                                  [{"agent":…,"id":…,"cells":[[31000,31000,"pod","shop/web-1"]]}]
//
// Columns are sets of neighbouring ports, at most 400. The numbers of a band, and of free_by_column for all
// bands, count the free ports of the column on each of the agents, as pods of any role of the framework see
// them. Up to 1,000 findings are listed. 503 until agents have been evaluated. Pages show one evaluation,
// however long they take. `watch` must outlive the router's use.
void AddPortPages(const PortWatch& watch, http_server::Router& router);

// Adds the page for a program that watches no host ports: 404, and which flag is needed.
void AddNoPortPages(http_server::Router& router);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_DEBUG_PORTS_H_
