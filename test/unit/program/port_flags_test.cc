#include "controller/program/port_flags.h"

#include "test/support/catch.h"

#include <gflags/gflags.h>

#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using Flags = std::vector<std::pair<const char*, const char*>>;

Result<std::optional<PortSpaceOptions>> Parse(const Flags& flags) {
  const gflags::FlagSaver saver;
  for (const auto& [name, value] : flags) gflags::SetCommandLineOption(name, value);
  return PortSpaceFromFlags(true);
}

TEST_CASE("without -mesos_master there is no port space") {
  const auto options = Parse({});
  REQUIRE(options.has_value());
  CHECK_FALSE(options->has_value());
}

TEST_CASE("PortSpaceFromFlags turns flags into options") {
  const auto options = Parse({{"mesos_master", "m1:5051, https://m2"},
                              {"mesos_credentials_file", "credentials"},
                              {"mesos_ca_file", "ca.pem"},
                              {"mesos_insecure_credentials", "true"},
                              {"mesos_poll_period", "1m"},
                              {"mesos_framework_roles", "fixed,*"},
                              {"mesos_default_pod_roles", "*"},
                              {"port_low_percent", "20"},
                              {"port_reserve", "2"}});
  REQUIRE(options.has_value());
  REQUIRE(options->has_value());
  const PortSpaceOptions& space = **options;
  REQUIRE(space.mesos.masters.size() == 2);
  CHECK(ToString(space.mesos.masters[0]) == "m1:5051");
  CHECK(space.mesos.masters[1].secure);
  CHECK(space.mesos.credentials_file == "credentials");
  CHECK(space.mesos.ca_file == "ca.pem");
  CHECK(space.mesos.insecure_credentials);
  CHECK(space.poll_period == std::chrono::minutes(1));
  CHECK(space.rules.wildcard);
  CHECK(space.rules.framework_roles == std::vector<std::string>{"fixed", "*"});
  CHECK(space.rules.default_roles == std::vector<std::string>{"*"});
  CHECK(space.evaluation.low_percent == 20);
  CHECK(space.evaluation.reserve == 2);
}

TEST_CASE("values at the limits are accepted, and blanks around list entries are ignored") {
  for (const auto& [name, value] : Flags{{"mesos_poll_period", "5s"},
                                         {"port_low_percent", "0"},
                                         {"port_low_percent", "100"},
                                         {"port_reserve", "0"}}) {
    CAPTURE(name, value);
    CHECK(Parse({{"mesos_master", "m1"}, {name, value}}).has_value());
  }
  const auto options = Parse({{"mesos_master", " m1\t, m2 "},
                              {"mesos_framework_roles", "a , b\t,c"},
                              {"mesos_default_pod_roles", " b "}});
  REQUIRE((options.has_value() && options->has_value()));
  REQUIRE((*options)->mesos.masters.size() == 2);
  CHECK(ToString((*options)->mesos.masters[1]) == "m2:5050");
  CHECK((*options)->rules.framework_roles == std::vector<std::string>{"a", "b", "c"});
  CHECK((*options)->rules.default_roles == std::vector<std::string>{"b"});
}

TEST_CASE("an invalid port space flag is refused with its name") {
  const std::pair<Flags, std::string> cases[] = {
      {{{"mesos_master", "zk://m1/mesos"}},
       "-mesos_master: takes no zk:// address; list the masters instead: host1:5050,host2:5050"},
      {{{"mesos_master", " , "}}, "-mesos_master: names no master"},
      {{{"mesos_credentials_file", "f"}}, "-mesos_credentials_file: needs -mesos_master too"},
      {{{"mesos_ca_file", "f"}}, "-mesos_ca_file: needs -mesos_master too"},
      {{{"mesos_poll_period", "4999ms"}}, "-mesos_poll_period: has to be 5s or more"},
      {{{"mesos_default_pod_roles", ""}}, "-mesos_default_pod_roles: names no role"},
      {{{"port_low_percent", "-1"}}, "-port_low_percent: has to be from 0 to 100"},
      {{{"mesos_framework_roles", ""}}, "-mesos_framework_roles: names no role"},
      {{{"mesos_default_pod_roles", "fixed"}},
       "-mesos_default_pod_roles: \"fixed\" is not one of -mesos_framework_roles"},
      {{{"port_low_percent", "101"}}, "-port_low_percent: has to be from 0 to 100"},
      {{{"port_reserve", "-1"}}, "-port_reserve: has to be 0 or more"},
  };
  for (const auto& [flags, message] : cases) {
    const auto options = Parse(flags);
    REQUIRE(options.has_error());
    CHECK(options.error().message == message);
  }
}

}  // namespace
}  // namespace k8sm::controller
