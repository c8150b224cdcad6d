// Short spellings of agents, pods and demands.

#ifndef K8SM_TEST_UNIT_PORTS_SPACE_BUILDER_H_
#define K8SM_TEST_UNIT_PORTS_SPACE_BUILDER_H_

#include "lib/ports/port_space.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::ports::test {

// "31000-31009,31020", or "" for none. REQUIRES: it is well-formed.
PortSet Ports(std::string_view text);

// An active agent that offers these ports to role *.
Agent MakeAgent(std::string_view name, std::string_view offered, std::string_view used = "");

// A pod in namespace "shop" with these TCP ports.
Holder MakeHolder(std::string_view name, std::string_view node, std::vector<Port> ports);

Demand Wants(std::vector<Port> host_ports, std::vector<std::string> roles = {"*"});

// The indexes of the holders with these names.
std::vector<HolderIndex> IndexesOf(const PortSpace& space, std::initializer_list<std::string_view> names);

// "31000-31002 free, 31003 pod"
std::string RowText(const PortSpace& space, std::string_view agent, std::vector<std::string> roles = {"*"});

}  // namespace k8sm::ports::test

#endif  // K8SM_TEST_UNIT_PORTS_SPACE_BUILDER_H_
