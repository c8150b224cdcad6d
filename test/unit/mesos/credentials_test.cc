#include "lib/mesos/credentials.h"

#include "test/support/catch.h"

#include <vector>

namespace k8sm::mesos {
namespace {

TEST_CASE("credentials are parsed from two lines, from one line and from JSON", "[mesos]") {
  for (const std::string text : {"k8sm\ns3cret", "k8sm s3cret\n", " k8sm \r\n s3cret \r\n",
                                 R"({"principal":"k8sm","secret":"s3cret"})"}) {
    CAPTURE(text);
    const auto credentials = ParseCredentials(text);
    REQUIRE(credentials.has_value());
    CHECK(credentials->principal == "k8sm");
    CHECK(credentials->secret == "s3cret");
    CHECK(BasicAuthorization(*credentials) == "Basic azhzbTpzM2NyZXQ=");
  }
  CHECK(ParseCredentials("k8sm\na secret with blanks")->secret == "a secret with blanks");
}

TEST_CASE("invalid credentials are refused with the reason and without quoting them", "[mesos]") {
  struct Case {
    std::string text, message;
  };
  const std::vector<Case> cases = {
      {"", "names no principal"},
      {"k8sm", "holds no secret"},
      {"k8sm\n\n", "holds no secret"},
      {"k8sm\ns3cret\nmore", "holds more than a principal and a secret"},
      {"k8:sm\ns3cret", "has a principal with a colon"},
      {"k8sm\ns3\tcret", "has a principal or a secret with a control character"},
      {"k8sm\ns3\x7f"
       "cret",
       "has a principal or a secret with a control character"},
      {R"({"principal":"k8\nsm","secret":"s"})", "has a principal or a secret with a control character"},
      {R"({"principal":"","secret":"s"})", "names no principal"},
      {R"({"principal":"k8sm"})", "holds no secret"},
      {R"({"principal":"k8sm","secret":7})", ".secret: expected a string, got an integer"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto credentials = ParseCredentials(c.text);
    REQUIRE(credentials.has_error());
    CHECK(credentials.error().message == c.message);
  }
  CHECK(ParseCredentials("{s3cret").error().message.find("s3cret") == std::string::npos);
}

}  // namespace
}  // namespace k8sm::mesos
