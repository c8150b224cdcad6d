#include "lib/leader/identity.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::leader {
namespace {

TEST_CASE("two identities share their prefix and differ in a suffix of 36 characters") {
  const std::string first = NewIdentity();
  const std::string second = NewIdentity();
  CHECK(first != second);
  CHECK(first.substr(0, first.rfind('_')) == second.substr(0, second.rfind('_')));
  CHECK(first.size() - first.rfind('_') == 37);
}

}  // namespace
}  // namespace k8sm::leader
