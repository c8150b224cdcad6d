#include "lib/client/config/url_path.h"

#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

TEST_CASE("CleanPath cleans a path as Go's path.Join does and percent-encodes it") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"/", ""},
      {"//", ""},
      {"/a", "/a"},
      {"/a/", "/a"},
      {"/k8s//clusters/c-1/", "/k8s/clusters/c-1"},
      {"/a/./b/.", "/a/b"},
      {"/a/../b", "/b"},
      {"/a/b/..", "/a"},
      {"/..", ""},
      {"/../../a", "/a"},
      {"/...", "/..."},
      {"/a b%?#", "/a%20b%25%3F%23"},
      {"/\xc3\xbc", "/%C3%BC"},
      {"/-_.~$&+,:;=@", "/-_.~$&+,:;=@"},
      {"/a\r\nb", "/a%0D%0Ab"},
  };
  for (const auto& [path, clean] : cases) {
    CAPTURE(path);
    CHECK(CleanPath(path) == clean);
  }
}

}  // namespace
}  // namespace k8sm::client
