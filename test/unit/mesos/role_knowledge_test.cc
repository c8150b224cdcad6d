#include "lib/mesos/role_knowledge.h"

#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::mesos {
namespace {

TEST_CASE("a master that does not report roles tells the offers to one role, but not to several", "[mesos]") {
  AgentList list;
  list.agents.resize(2);
  const std::vector<std::string> one{"*"};
  const std::vector<std::string> several{"fixed", "*"};
  CHECK(TellsOffersTo(one, list));
  CHECK(TellsOffersTo(several, list));
  list.agents[1].used_known = false;
  CHECK(TellsOffersTo(one, list));
  CHECK_FALSE(TellsOffersTo(several, list));
}

}  // namespace
}  // namespace k8sm::mesos
