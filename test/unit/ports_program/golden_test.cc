// The program's output, byte for byte: what it prints for the files in test/golden/ports stands in expected/
// there.

#include "controller/ports_program/program.h"
#include "lib/base/version.h"
#include "test/support/catch.h"
#include "test/support/paths.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace k8sm::ports_program {
namespace {

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

// Runs the program in test/golden/ports.
Outcome Run(const std::vector<std::string>& arguments) {
  ::unsetenv("GITHUB_STEP_SUMMARY");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(GoldenDirectory() / "ports");
  std::ostringstream out;
  std::ostringstream err;
  Outcome outcome;
  outcome.code = RunProgram(arguments, out, err, false);
  std::filesystem::current_path(before);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

std::string Expected(const std::string& name) {
  std::ifstream file(GoldenDirectory() / "ports" / "expected" / name, std::ios::binary);
  REQUIRE(file);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::string placeholder = "@VERSION@";
  if (const std::size_t at = text.find(placeholder); at != std::string::npos)
    text.replace(at, placeholder.size(), kVersion);
  return text;
}

std::vector<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

const std::string kSample = " -agents agents.json -pods cluster.json";

TEST_CASE("what the program prints is as it was looked at", "[ports_program]") {
  struct Case {
    std::string arguments;
    std::string expected;  // a file's name
    int code = 0;
  };
  const std::vector<Case> cases = {
      {"map" + kSample, "map.txt"},
      {"map -o json" + kSample, "map.json"},
      {"map -agents roles.json", "map-roles.txt"},
      {"map -role fixed -agents roles.json", "map-role.txt"},
      {"check shop.yaml" + kSample, "check.txt", 1},
      {"check shop.yaml -o json" + kSample, "check.json", 1},
      {"check shop.yaml -o sarif" + kSample, "check.sarif", 1},
      {"check shop.yaml -o junit" + kSample, "check.xml", 1},
      {"check shop.yaml -o github" + kSample, "check-github.txt", 1},
      {"check shop.yaml -strict" + kSample, "check-strict.txt", 1},
      {"check kinds.yaml" + kSample, "kinds.txt", 1},
      {"check kinds.yaml shop.yaml -o json" + kSample, "kinds.json", 1},
      {"check shop.yaml -offline_ok", "check-offline.txt", 1},
      {"check kinds.yaml -agents incomplete.json", "check-incomplete.txt", 3},
      {"check selector.yaml -agents agents.json", "check-selector.txt", 3},
      {"suggest 2 -replicas 3" + kSample, "suggest.txt"},
      {"suggest 2 -replicas 3 -o json" + kSample, "suggest.json"},
      {"suggest 1 -replicas 3" + kSample, "suggest-one.txt"},
      {"suggest 4 -contiguous -replicas 2" + kSample, "suggest-row.txt"},
      {"suggest 9 -replicas 3" + kSample, "suggest-few.txt", 1},
      {"suggest 30" + kSample, "suggest-none.txt", 1},
      {"explain shop/gw-7d9c4-x2p8k" + kSample, "explain-fits.txt"},
      {"explain shop/gw-7d9c4-x2p8k -o json" + kSample, "explain.json"},
      {"explain shop/cache-5f7-abcde" + kSample, "explain-never.txt"},
      {"explain shop/api-3" + kSample, "explain-leaving.txt"},
      {"explain shop/old-1" + kSample, "explain-ended.txt"},
      {"explain 31019" + kSample, "explain-port.txt"},
      {"explain 31019,31015 -o json" + kSample, "explain-ports.json"},
      {"explain 8080 -agents agents.json", "explain-outside.txt"},
      {"explain 31000 -role fixed -agents roles.json", "explain-role.txt"},
      {"explain node1" + kSample, "explain-agent.txt"},
      {"explain node1 -o json" + kSample, "explain-agent.json"},
      {"status" + kSample, "status.txt", 1},
      {"status -o json" + kSample, "status.json", 1},
      {"-help", "help.txt"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.arguments);
    const Outcome outcome = Run(Words(c.arguments));
    CHECK(outcome.out == Expected(c.expected));
    CHECK(outcome.code == c.code);
  }
}

TEST_CASE("exit codes tell findings, bad usage and an unknown state apart", "[ports_program]") {
  struct Case {
    std::string arguments;
    int code;
    std::string err;
  };
  const std::vector<Case> cases = {
      {"check shop.yaml -fail_on never" + kSample, 0, ""},
      {"check none.yaml" + kSample, 2, "k8sm-ports: none.yaml: No such file or directory\n"},
      {"check bad.yaml" + kSample, 2, "k8sm-ports: bad.yaml: line 3 is neither YAML nor JSON\n"},
      {"check shop.yaml -agents none.json", 3, "k8sm-ports: none.json: No such file or directory\n"},
      {"check shop.yaml -agents none.json -offline_ok", 1, ""},
      {"check shop.yaml -agents shop.yaml", 3,
       "k8sm-ports: shop.yaml: a list of agents is no JSON object: apiVersion: apps/v1\\nkind: "
       "Deployment\\nmetadata:\\n  name: cache\\n  namespace: shop\\nspec:\\n  repl...\n"},
      {"check shop.yaml -agents incomplete.json", 3, "k8sm-ports: the list of agents is not complete\n"},
      {"check selector.yaml -agents agents.json", 3,
       "k8sm-ports: a nodeSelector names labels of Nodes, which are not known: pass the Nodes with -pods, or "
       "the "
       "API server with -kubeconfig or -master\n"},
      {"status -agents empty.json", 3, "k8sm-ports: no agents are known\n"},
      {"check taken.yaml -agents empty.json", 3, "k8sm-ports: no agents are known\n"},
      {"suggest 1 -agents incomplete.json", 0, "k8sm-ports: warning: the list of agents is not complete\n"},
      {"explain 31000 -agents incomplete.json", 0,
       "k8sm-ports: warning: the list of agents is not complete\n"},
      {"map -agents empty.json", 3, "k8sm-ports: warning: no agents are known\n"},
      {"map -agents none.json", 3, "k8sm-ports: none.json: No such file or directory\n"},
      {"map -agents agents.json -pods shop.yaml", 3,
       "k8sm-ports: shop.yaml: a list is no JSON object: apiVersion: apps/v1\\nkind: "
       "Deployment\\nmetadata:\\n  name: cache\\n  namespace: shop\\nspec:\\n  repl...\n"},
      {"explain shop/none" + kSample, 2, "k8sm-ports: there is no pod shop/none\n"},
      {"check", 2, "k8sm-ports: check: name files, folders or - for standard input\n"},
      {"check shop.yaml", 2,
       "k8sm-ports: say where agents are read from: -from URL, -agents FILE or -mesos_master LIST\n"},
      {"map -o json=/nowhere/x" + kSample, 2, "k8sm-ports: /nowhere/x: cannot be written\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.arguments);
    const Outcome outcome = Run(Words(c.arguments));
    CHECK(outcome.code == c.code);
    CHECK(outcome.err == c.err);
  }
}

TEST_CASE("a warning fails where that is asked for", "[ports_program]") {
  CHECK(Run(Words("check taken.yaml" + kSample)).code == 0);
  CHECK(Run(Words("check taken.yaml -fail_on warning" + kSample)).code == 1);
  CHECK(Run(Words("check taken.yaml -fail_on never" + kSample)).code == 0);
}

TEST_CASE("levels are coloured where that is asked for", "[ports_program]") {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(GoldenDirectory() / "ports");
  std::ostringstream out;
  std::ostringstream err;
  RunProgram(Words("check shop.yaml" + kSample), out, err, true);
  std::filesystem::current_path(before);
  CHECK(out.str().find("\x1b[31merror") != std::string::npos);
  CHECK(out.str().find("\x1b[33mwarning") != std::string::npos);
}

}  // namespace
}  // namespace k8sm::ports_program
