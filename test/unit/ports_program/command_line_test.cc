#include "controller/ports_program/command_line.h"

#include "test/support/catch.h"

#include <sstream>

namespace k8sm::ports_program {
namespace {

std::vector<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

Options ParseArguments(const std::vector<std::string>& arguments) {
  auto parsed = ParseCommandLine(arguments);
  CAPTURE(arguments);
  REQUIRE(parsed.has_value());
  REQUIRE(std::holds_alternative<Options>(*parsed));
  return std::get<Options>(*std::move(parsed));
}

Options Parse(const std::string& text) {
  return ParseArguments(Words(text));
}

std::string ErrorOf(const std::string& text) {
  const auto parsed = ParseCommandLine(Words(text));
  INFO(text);
  REQUIRE(parsed.has_error());
  CHECK(parsed.error().code == Errc::kInvalidConfig);
  return parsed.error().message;
}

TEST_CASE("flags may be written in each of the usual ways", "[ports_program]") {
  for (const std::string text : {"check -agents a.json x.yaml", "check --agents=a.json x.yaml",
                                 "-agents=a.json check x.yaml", "check x.yaml --agents a.json"}) {
    const Options options = Parse(text);
    CHECK(options.command == "check");
    CHECK(options.operands == std::vector<std::string>{"x.yaml"});
    CHECK(options.agents_file == "a.json");
  }
  CHECK(Parse("check - -agents a --fail-on never").fail_on == FailOn::kNever);
  CHECK(Parse("check - -agents a --fail_on=warning").operands == std::vector<std::string>{"-"});
}

TEST_CASE("the defaults are those of the scheduler", "[ports_program]") {
  const Options options = Parse("map -agents a");
  CHECK(options.rules.wildcard);
  CHECK(options.rules.framework_roles == std::vector<std::string>{"*"});
  CHECK(options.rules.default_roles == std::vector<std::string>{"*"});
  CHECK(options.default_namespace == "default");
  CHECK(options.fail_on == FailOn::kError);
  CHECK(options.reserve == 1);
  CHECK(options.low_percent == 10);
  REQUIRE(options.outputs.size() == 1);
  CHECK(options.outputs[0].format == Format::kText);
  CHECK(options.outputs[0].file.empty());
}

TEST_CASE("every flag is accepted", "[ports_program]") {
  const Options check = Parse(
      "check a b -agents a.json -pods p -pods q -mesos_framework_roles *,fixed -mesos_default_pod_roles "
      "fixed "
      "-host_port_endpoints=false -namespace shop -o json -o sarif=x.sarif -o junit -o github -o text "
      "-strict "
      "-offline_ok -port_reserve 2 -fail_on warning -avoid 1-2,5");
  CHECK(check.pods_files == std::vector<std::string>{"p", "q"});
  CHECK(check.rules.framework_roles == std::vector<std::string>{"*", "fixed"});
  CHECK(check.rules.default_roles == std::vector<std::string>{"fixed"});
  CHECK_FALSE(check.rules.wildcard);
  CHECK(check.default_namespace == "shop");
  REQUIRE(check.outputs.size() == 5);
  CHECK(check.outputs[0].format == Format::kJson);
  CHECK(check.outputs[1].format == Format::kSarif);
  CHECK(check.outputs[1].file == "x.sarif");
  CHECK(check.outputs[2].format == Format::kJunit);
  CHECK(check.outputs[3].format == Format::kGithub);
  CHECK(check.outputs[4].format == Format::kText);
  CHECK(check.strict);
  CHECK(check.offline_ok);
  CHECK(check.reserve == 2);
  CHECK(check.fail_on == FailOn::kWarning);
  CHECK(ToString(check.avoid) == "1-2,5");
  const Options suggest = Parse(
      "suggest 2 -mesos_master m1:5050,https://m2 -mesos_credentials_file c -mesos_ca_file ca "
      "-mesos_insecure_credentials -kubeconfig k -master http://a -timeout 5s -replicas 3 -wild 1 "
      "-contiguous "
      "-role web -selector a=b,c=d");
  CHECK(suggest.mesos_masters == mesos::ParseMasters("m1:5050,https://m2:5050").value());
  CHECK(suggest.mesos_credentials_file == "c");
  CHECK(suggest.mesos_ca_file == "ca");
  CHECK(suggest.mesos_insecure_credentials);
  CHECK(suggest.use_api_server);
  CHECK(suggest.kubeconfig == "k");
  CHECK(suggest.master == "http://a");
  CHECK(suggest.timeout.count() == 5000);
  CHECK(suggest.replicas == 3);
  CHECK(suggest.wild == 1);
  CHECK(suggest.contiguous);
  CHECK(suggest.roles == std::vector<std::string>{"web"});
  CHECK(*suggest.selector.Find("c") == "d");
}

TEST_CASE("invalid command lines are refused with the reason", "[ports_program]") {
  struct Case {
    std::string arguments, message;
  };
  const std::vector<Case> cases = {
      {"", "a command is missing: map, check, suggest, explain or status; see -help"},
      {"draw -agents a", "unknown command \"draw\"; see -help"},
      {"map -agents a -colour", "unknown flag -colour; see -help"},
      {"map -agents", "-agents: needs a value"},
      {"map x -agents a", "map: unexpected argument \"x\""},
      {"suggest -agents a", "suggest: say how many ports, as in: suggest 2 -replicas 3"},
      {"suggest 0 -agents a", "suggest: the number of ports has to be a number from 1 to 1000"},
      {"suggest two -agents a", "suggest: the number of ports has to be a number from 1 to 1000"},
      {"explain -agents a",
       "explain: name one pod, as NAMESPACE/NAME, one agent, or ports, as 31000-31009,31020"},
      {"explain 65536 -agents a",
       "explain: ports are numbers from 1 to 65535 and ranges, as 31000-31009,31020"},
      {"explain 31009-31000 -agents a",
       "explain: ports are numbers from 1 to 65535 and ranges, as 31000-31009,31020"},
      {"explain 31000- -agents a",
       "explain: ports are numbers from 1 to 65535 and ranges, as 31000-31009,31020"},
      {"explain , -agents a", "explain: ports are numbers from 1 to 65535 and ranges, as 31000-31009,31020"},
      {"explain node1 -agents a", "explain: give the pods too, with -pods FILE"},
      {"map -agents a -mesos_master m", "-agents and -mesos_master: give one of them"},
      {"map -pods a", "-pods: needs -agents too"},
      {"map -agents a -kubeconfig k", "-kubeconfig, -master: with -agents it is -pods"},
      {"map -master k", "-kubeconfig, -master: need -mesos_master too"},
      {"map -from u -agents a", "-from: replaces -agents, -mesos_master, -kubeconfig and -master"},
      {"map -from u -mesos_master m", "-from: replaces -agents, -mesos_master, -kubeconfig and -master"},
      {"map -from u -kubeconfig k", "-from: replaces -agents, -mesos_master, -kubeconfig and -master"},
      {"map -from u -master k", "-from: replaces -agents, -mesos_master, -kubeconfig and -master"},
      {"map -from u -pods a", "-pods: needs -agents too"},
      {"map -from http://h:10252 -from_token_file t", "-from_token_file: needs -from with an https:// URL"},
      {"map -agents a -from_ca_file c", "-from_ca_file: needs -from with an https:// URL"},
      {"map", "say where agents are read from: -from URL, -agents FILE or -mesos_master LIST"},
      {"map -offline_ok", "-offline_ok: is not for map; it is for check"},
      {"status -agents a -replicas 2", "-replicas: is not for status; it is for suggest, explain PORT"},
      {"explain shop/web -agents a -pods p -role x",
       "-role: is not for explain; it is for map, suggest, explain PORT"},
      {"explain 31000 -agents a -contiguous", "-contiguous: is not for explain; it is for suggest"},
      {"check x -agents a -selector a=b", "-selector: is not for check; it is for suggest, explain PORT"},
      {"suggest 1 -agents a -strict", "-strict: is not for suggest; it is for check"},
      {"map -o json", "say where agents are read from: -from URL, -agents FILE or -mesos_master LIST"},
      {"map -mesos_master zk://z1:2181/mesos",
       "-mesos_master: takes no zk:// address; list the masters instead: host1:5050,host2:5050"},
      {"map -agents a -o yaml",
       "-o: is one of text, json, sarif, junit and github, with =FILE to write to a file"},
      {"explain a/b -agents a", "explain: give the pods too, with -pods FILE"},
      {"explain a/b -mesos_master m1",
       "explain: give the API server too, with -kubeconfig FILE or -master URL"},
      {"map -agents a -o sarif", "-o: map writes text and json only"},
      {"check x -agents a -fail_on note", "-fail_on: is one of error, warning and never"},
      {"check x -agents a -strict=maybe", "-strict: is true or false"},
      {"check x -agents a -port_reserve -1", "-port_reserve: has to be a number from 0 to 1000000"},
      {"status -agents a -port_low_percent 101", "-port_low_percent: has to be a number from 0 to 100"},
      {"check x -agents a -timeout 0s", "-timeout: has to be more than 0"},
      {"suggest 1 -agents a -avoid 5-1", "-avoid: is a list of ports and ranges, as 31000-31009,31020"},
      {"suggest 1 -agents a -selector x", "-selector: is a list of KEY=VALUE"},
      {"suggest 1 -agents a -selector =x", "-selector: is a list of KEY=VALUE"},
      {"check x -agents a -mesos_default_pod_roles web",
       "-mesos_default_pod_roles: \"web\" is not one of -mesos_framework_roles"},
      {"check x -agents a -mesos_framework_roles=", "-mesos_framework_roles: names no role"},
      {"check x -agents a -mesos_default_pod_roles ,", "-mesos_default_pod_roles: names no role"},
  };
  for (const Case& c : cases) CHECK(ErrorOf(c.arguments) == c.message);
  CHECK(ErrorOf("check x -agents a -timeout 5").starts_with("-timeout: "));
}

TEST_CASE("a flag is accepted by the commands that it is for, and refused by the others", "[ports_program]") {
  struct Flag {
    std::string flag, commands;
  };
  const std::vector<Flag> flags = {
      {"-namespace x", "check"},
      {"-fail_on never", "check, status"},
      {"-strict", "check"},
      {"-offline_ok", "check"},
      {"-port_reserve 3", "check, status"},
      {"-port_low_percent 20", "status"},
      {"-all", "map, explain, status"},
      {"-role x", "map, suggest, explain PORT"},
      {"-replicas 2", "suggest, explain PORT"},
      {"-wild 1", "suggest, explain PORT"},
      {"-contiguous", "suggest"},
      {"-selector a=b", "suggest, explain PORT"},
      {"-avoid 1-2", "check, status, suggest, explain PORT"},
  };
  struct Command {
    std::string arguments, names;
  };
  const std::vector<Command> commands = {
      {"map", "map"},
      {"check x.yaml", "check"},
      {"suggest 2", "suggest"},
      {"explain shop/web -pods p", "explain"},
      {"explain node1 -pods p", "explain"},
      {"explain 31000", "explain, explain PORT"},
      {"status -pods p", "status"},
  };
  for (const auto& [flag, taken_by] : flags) {
    for (const auto& [arguments, names] : commands) {
      const std::string text = arguments + " -agents a " + flag;
      CAPTURE(text);
      const auto is_one_of = [&taken_by = taken_by](const std::string& name) {
        return (", " + taken_by + ",").find(", " + name + ",") != std::string::npos;
      };
      if (is_one_of(names) ||
          (names == "explain, explain PORT" && (is_one_of("explain") || is_one_of("explain PORT")))) {
        CHECK(ParseCommandLine(Words(text)).has_value());
      } else {
        const std::string command = arguments.substr(0, arguments.find(' '));
        CHECK(ErrorOf(text) ==
              flag.substr(0, flag.find(' ')) + ": is not for " + command + "; it is for " + taken_by);
      }
    }
  }
}

TEST_CASE("a number may be as small and as large as its flag allows", "[ports_program]") {
  CHECK(Parse("status -agents a -pods p -port_low_percent 0").low_percent == 0);
  CHECK(Parse("status -agents a -pods p -port_low_percent 100").low_percent == 100);
  CHECK(Parse("check x -agents a -port_reserve 1000000").reserve == 1'000'000);
  CHECK(Parse("suggest 1000 -agents a").operands == std::vector<std::string>{"1000"});
  for (const char* number : {"", "1x", "x", "99999999999", "-1", "1000001", "+1", "1.5"}) {
    CAPTURE(number);
    CHECK(ErrorOf("check x -agents a -port_reserve=" + std::string(number)) ==
          "-port_reserve: has to be a number from 0 to 1000000");
  }
  CHECK(Parse("check x -agents a -fail_on error").fail_on == FailOn::kError);
  CHECK(Parse("map -from https://h:10252 -from_token_file t -from_ca_file c").from_token_file == "t");
  for (const char* help : {"-h", "-help", "--help"}) {
    const auto parsed = ParseCommandLine({help});
    REQUIRE(parsed.has_value());
    CHECK(std::holds_alternative<Information>(*parsed));
  }
}

TEST_CASE("blanks around the entries of a list are ignored", "[ports_program]") {
  const std::vector<std::string> arguments = {"suggest",
                                              "1",
                                              "-mesos_master=m1:5050, m2:5050",
                                              "-mesos_framework_roles=fixed, *",
                                              "-mesos_default_pod_roles= * ,fixed",
                                              "-role=fixed , *",
                                              "-selector=a=b, c=d",
                                              "-avoid=1-2, 5"};
  const Options options = ParseArguments(arguments);
  CHECK(options.mesos_masters == mesos::ParseMasters("m1:5050,m2:5050").value());
  CHECK(options.rules.framework_roles == std::vector<std::string>{"fixed", "*"});
  CHECK(options.rules.default_roles == std::vector<std::string>{"*", "fixed"});
  CHECK(options.roles == std::vector<std::string>{"fixed", "*"});
  CHECK(options.selector.size() == 2);
  CHECK(*options.selector.Find("c") == "d");
  CHECK(ToString(options.avoid) == "1-2,5");
  CHECK(ToString(ParseArguments({"explain", "31000, 31002", "-agents", "a"}).ports) == "31000,31002");
}

TEST_CASE("explain takes a pod, ports or an agent", "[ports_program]") {
  CHECK(ToString(Parse("explain 31000,31002 -agents a").ports) == "31000,31002");
  CHECK(ToString(Parse("explain 31000-31009,31020 -agents a").ports) == "31000-31009,31020");
  CHECK(Parse("explain shop/31000 -agents a -pods p").ports.empty());
  CHECK(Parse("explain 10-0-0-1 -agents a -pods p").ports.empty());
  CHECK(Parse("map -agents a -all").all);
  CHECK(ToString(Parse("explain 1,65535 -agents a").ports) == "1,65535");
  CHECK(ToString(Parse("explain ,31000,,31002, -agents a").ports) == "31000,31002");
}

TEST_CASE("with -from, only the flags that are given override the controller's rules", "[ports_program]") {
  const ports::SchedulerRules controller{
      .wildcard = false, .framework_roles = {"*", "fixed"}, .default_roles = {"fixed"}};
  Options none = Parse("map -from http://h:10252");
  UseRulesOf(controller, none);
  CHECK(none.rules.framework_roles == controller.framework_roles);
  CHECK(none.rules.default_roles == controller.default_roles);
  CHECK_FALSE(none.rules.wildcard);
  Options some = Parse("map -from http://h:10252 -mesos_default_pod_roles * -host_port_endpoints=true");
  UseRulesOf(controller, some);
  CHECK(some.rules.framework_roles == controller.framework_roles);
  CHECK(some.rules.default_roles == std::vector<std::string>{"*"});
  CHECK(some.rules.wildcard);
  CHECK(CheckRoles(some.rules).has_value());
  Options wrong = Parse("map -from http://h:10252 -mesos_framework_roles web");
  UseRulesOf(controller, wrong);
  REQUIRE(CheckRoles(wrong.rules).has_error());
  CHECK(CheckRoles(wrong.rules).error().message ==
        "-mesos_default_pod_roles: \"fixed\" is not one of -mesos_framework_roles");
}

TEST_CASE("-version prints the version", "[ports_program]") {
  const auto parsed = ParseCommandLine({"-version"});
  REQUIRE(parsed.has_value());
  CHECK(std::get<Information>(*parsed).text.starts_with("k8sm-ports "));
}

}  // namespace
}  // namespace k8sm::ports_program
