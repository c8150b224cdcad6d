#include "lib/mesos/master_url.h"

#include "lib/base/printable.h"
#include "test/support/catch.h"

#include <vector>

namespace k8sm::mesos {
namespace {

std::string Text(const MasterUrl& master) {
  return (master.secure ? "https://" : "http://") + ToString(master);
}

TEST_CASE("a master is given as a host with or without a port, or as a URL", "[mesos]") {
  struct Case {
    std::string text, master;
  };
  const std::vector<Case> cases = {
      {"m1", "http://m1:5050"},
      {"m1:80", "http://m1:80"},
      {"http://m1", "http://m1:5050"},
      {"https://m1.example.net:5051/", "https://m1.example.net:5051"},
      {"10.0.0.1:5050", "http://10.0.0.1:5050"},
      {"[fd00::1]", "http://[fd00::1]:5050"},
      {"https://[fd00::1]:6", "https://[fd00::1]:6"},
      {"m1:1", "http://m1:1"},
      {"m1:65535", "http://m1:65535"},
      {"a_b-C.9/", "http://a_b-C.9:5050"},
      {"[::ffff:10.0.0.1]", "http://[::ffff:10.0.0.1]:5050"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto master = ParseMaster(c.text);
    REQUIRE(master.has_value());
    CHECK(Text(*master) == c.master);
  }
}

TEST_CASE("an invalid master is refused and quoted", "[mesos]") {
  for (const std::string text :
       {"",         "m1:",        "m1:0",       "m1:65536",    "m1:x",      "m 1",     "m1/path",
        "[fd00::1", "[fd00::1]x", "[fd00::1]:", "[fd00::1]:0", "[fd00::g]", "[]",      "[m1]",
        "m1:1x",    "m1:+1",      "m1//",       "http://",     "ftp://m1",  "fd00::1", "m1\r\nX: y"}) {
    CAPTURE(text);
    const auto master = ParseMaster(text);
    REQUIRE(master.has_error());
    CHECK(master.error().message == Quoted(text) + " is not a master such as host:5050 or https://host:5050");
  }
}

TEST_CASE("a list of masters is split at commas, with blanks around them", "[mesos]") {
  const auto masters = ParseMasters("m1, https://m2:5051 ,");
  REQUIRE(masters.has_value());
  REQUIRE(masters->size() == 2);
  CHECK(Text((*masters)[0]) == "http://m1:5050");
  CHECK(Text((*masters)[1]) == "https://m2:5051");
  CHECK(ParseMasters("m1,m 2").error().message ==
        "\"m 2\" is not a master such as host:5050 or https://host:5050");
  CHECK(ParseMasters(" ,").error().message == "names no master");
  CHECK(ParseMasters("zk://z1:2181,z2:2181/mesos").error().message ==
        "takes no zk:// address; list the masters instead: host1:5050,host2:5050");
}

TEST_CASE("a list of masters with credentials is refused without showing them", "[mesos]") {
  for (const char* list :
       {"user:secret@m1:5050", "m1,https://user:sec,ret@m1", "zk://user:secret@z1/mesos"}) {
    CHECK(ParseMasters(list).error().message == "an address has an \"@\": credentials do not belong there");
  }
}

TEST_CASE("a Location names the leader in any of the forms that masters use", "[mesos]") {
  const MasterUrl from{.secure = true, .host = "m1", .port = 5050};
  struct Case {
    std::string location, master;
  };
  const std::vector<Case> cases = {
      {"//m2:5050", "https://m2:5050"},        {"//m2:5050/master/slaves", "https://m2:5050"},
      {"http://m2:5050", "http://m2:5050"},    {"https://m2:5050/master/redirect", "https://m2:5050"},
      {"/master/redirect", "https://m1:5050"}, {"//[fd00::1]:5050/x", "https://[fd00::1]:5050"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.location);
    const auto master = ParseLocation(c.location, from);
    REQUIRE(master.has_value());
    CHECK(Text(*master) == c.master);
  }
  CHECK(ParseLocation("ftp://m2", from).error().message == "m1:5050 redirects to \"ftp://m2\"");
  CHECK(ParseLocation("", from).has_error());
  CHECK(ParseLocation("https://m2:0/x", from).error().code == Errc::kMalformed);
  CHECK(ParseLocation("ftp://" + std::string(300, 'm'), from).error().message ==
        "m1:5050 redirects to \"ftp://" + std::string(191, 'm') + "...\"");
  CHECK(Text(*ParseLocation("//m2", {.secure = false, .host = "m1", .port = 1})) == "http://m2:5050");
}

}  // namespace
}  // namespace k8sm::mesos
