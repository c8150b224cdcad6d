#include "controller/inspect/page_parts.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::controller {
namespace {

TEST_CASE("the parts of a page are written in order, one step of one part at a time") {
  PageParts parts;
  parts.Add("a");
  parts.Add([left = 3](std::string& out) mutable {
    out += "x";
    return --left > 0;
  });
  parts.Add("b");
  std::string text;
  std::string steps;
  for (bool more = true; more;) {
    more = parts.Next(text);
    steps += text + (more ? " " : "");
  }
  CHECK(steps == "a ax axx axxx axxxb");
}

TEST_CASE("a page without parts is empty") {
  PageParts parts;
  std::string text;
  CHECK_FALSE(parts.Next(text));
  CHECK(text.empty());
}

}  // namespace
}  // namespace k8sm::controller
