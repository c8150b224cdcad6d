// Compares the program's output for the files in test/golden/ports, byte for byte, with the files in
// expected/ there.

#include "controller/ports_program/program.h"
#include "lib/base/version.h"
#include "test/support/catch.h"
#include "test/support/paths.h"
#include "test/support/temp_directory.h"

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
// Agents and pods in every state, with the labels of Nodes.
const std::string kMixed =
    " -agents mixed-agents.json -pods mixed-cluster.json -mesos_framework_roles *,fixed,absent";

TEST_CASE("each command prints exactly what is in test/golden/ports/expected", "[ports_program]") {
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
      {"check shop.yaml -offline_ok -o json", "check-offline.json", 1},
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
      {"map" + kMixed, "mixed-map.txt"},
      {"map -o json" + kMixed, "mixed-map.json"},
      {"map -agents mixed-partial.json", "mixed-partial.txt"},
      {"status" + kMixed, "mixed-status.txt", 1},
      {"status -o json" + kMixed, "mixed-status.json", 1},
      {"check mixed.yaml" + kMixed, "mixed-check.txt", 1},
      {"check mixed.yaml -o json" + kMixed, "mixed-check.json", 1},
      {"check mixed.yaml -o junit" + kMixed, "mixed-check.xml", 1},
      {"check mixed.yaml -o github" + kMixed, "mixed-check-github.txt", 1},
      {"check mixed.yaml -offline_ok", "mixed-check-offline.txt", 1},
      {"check mixed.yaml -agents agents.json", "mixed-check-no-nodes.txt", 1},
      {"explain shop/any" + kMixed, "mixed-explain-any.txt"},
      {"explain shop/any-fixed" + kMixed, "mixed-explain-any-fixed.txt"},
      {"explain shop/crowded" + kMixed, "mixed-explain-crowded.txt"},
      {"explain shop/roles" + kMixed, "mixed-explain-roles.txt"},
      {"explain shop/no-role" + kMixed, "mixed-explain-no-role.txt"},
      {"explain shop/no-node-yet" + kMixed, "mixed-explain-no-node.txt"},
      {"explain shop/no-node-yet -o json" + kMixed, "mixed-explain-no-node.json"},
      {"explain shop/no-node-yet -agents mixed-agents.json -pods mixed-pending.json",
       "mixed-explain-pending.txt"},
      {"explain 8080 -selector disk=ssd -agents mixed-agents.json", "mixed-explain-nodes-unknown.txt"},
      {"explain shop/twice" + kMixed, "mixed-explain-twice.txt"},
      {"explain shop/many" + kMixed, "mixed-explain-many.txt"},
      {"explain shop/plain" + kMixed, "mixed-explain-plain.txt"},
      {"explain shop/no-ports" + kMixed, "mixed-explain-no-ports.txt"},
      {"explain shop/any-bound -o json" + kMixed, "mixed-explain-bound.json"},
      {"explain a1" + kMixed, "mixed-explain-a1.txt"},
      {"explain a3" + kMixed, "mixed-explain-a3.txt"},
      {"explain a4" + kMixed, "mixed-explain-a4.txt"},
      {"explain a5" + kMixed, "mixed-explain-a5.txt"},
      {"explain a8" + kMixed, "mixed-explain-a8.txt"},
      {"explain a8 -o json" + kMixed, "mixed-explain-a8.json"},
      {"explain 31004 -wild 1" + kMixed, "mixed-explain-wild.txt"},
      {"explain 31900-31901" + kMixed, "mixed-explain-other-role.txt"},
      {"explain 31901 -role fixed,* -wild 2" + kMixed, "mixed-explain-two-roles.txt"},
      {"explain 31004 -selector k8s.mesosphere.io/attribute-rack=r2" + kMixed, "mixed-explain-selector.txt"},
      {"explain 31000 -agents mixed-partial.json", "mixed-explain-partial.txt"},
      {"explain 9 -agents mixed-partial.json", "mixed-explain-none-known.txt"},
      {"suggest 1 -selector k8s.mesosphere.io/attribute-rack=r2" + kMixed, "mixed-suggest-selector.txt"},
      {"suggest 2 -wild 1 -replicas 2 -role fixed" + kMixed, "mixed-suggest-wild.txt", 1},
      {"suggest 2 -contiguous" + kMixed, "mixed-suggest-row.txt"},
      {"suggest 9 -contiguous" + kMixed, "mixed-suggest-none.txt", 1},
      {"suggest 1 -selector a=b" + kMixed, "mixed-suggest-no-agent.txt", 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.arguments);
    const Outcome outcome = Run(Words(c.arguments));
    CHECK(outcome.out == Expected(c.expected));
    CHECK(outcome.code == c.code);
  }
}

TEST_CASE("pods on nodes that are not agents are told of, and with none on an agent the state is not known",
          "[ports_program]") {
  const Outcome status = Run(Words("status -agents mixed-agents.json -pods cluster.json"));
  CHECK(status.code == 3);
  CHECK(
      status.err.starts_with("k8sm-ports: warning: 6 of 6 pods with host ports are on nodes that are not "
                             "agents: shop/api-1 on node1, and others\n"));
  CHECK(status.err.ends_with(
      "k8sm-ports: no pod with host ports is on an agent: is this the master of the cluster?\n"));
  const Outcome explain = Run(Words("explain 31000 -agents mixed-agents.json -pods cluster.json"));
  CHECK(explain.code == 0);
  CHECK(explain.err.starts_with("k8sm-ports: warning: 6 of 6 pods"));
}

// An error is certain, whatever else is not known.
TEST_CASE("the exit code distinguishes findings, wrong usage and an unknown state", "[ports_program]") {
  struct Case {
    std::string arguments;
    int code;
    std::string err;
  };
  const std::vector<Case> cases = {
      {"check shop.yaml -fail_on never" + kSample, 0, ""},
      {"check none.yaml" + kSample, 2, "k8sm-ports: none.yaml: No such file or directory\n"},
      {"check bad.yaml" + kSample, 2, "k8sm-ports: bad.yaml: line 3 is neither YAML nor JSON\n"},
      {"check shop.yaml -agents none.json", 1, "k8sm-ports: none.json: No such file or directory\n"},
      {"check shop.yaml -agents none.json -offline_ok", 1, ""},
      {"check shop.yaml -agents shop.yaml", 1,
       "k8sm-ports: shop.yaml: a list of agents is not a JSON object: apiVersion: apps/v1\\nkind: "
       "Deployment\\nmetadata:\\n  name: cache\\n  namespace: shop\\nspec:\\n  repl...\n"},
      {"check shop.yaml -agents incomplete.json", 1, "k8sm-ports: the list of agents is not complete\n"},
      {"check selector.yaml -agents agents.json", 3,
       "k8sm-ports: a nodeSelector names labels of Nodes, which are not known: pass the Nodes with -pods, or "
       "the "
       "API server with -kubeconfig or -master\n"},
      {"check selector.yaml taken.yaml -agents agents.json", 3,
       "k8sm-ports: a nodeSelector names labels of Nodes, which are not known: pass the Nodes with -pods, or "
       "the "
       "API server with -kubeconfig or -master\n"},
      {"status -agents empty.json -pods cluster.json", 3, "k8sm-ports: no agents are known\n"},
      {"status -agents agents.json", 2, "k8sm-ports: status: give the pods too, with -pods FILE\n"},
      {"check taken.yaml -agents empty.json", 3, "k8sm-ports: no agents are known\n"},
      {"check taken.yaml -agents empty.json -fail_on never", 3, "k8sm-ports: no agents are known\n"},
      {"suggest 1 -agents incomplete.json", 0, "k8sm-ports: warning: the list of agents is not complete\n"},
      {"explain 31000 -agents incomplete.json", 0,
       "k8sm-ports: warning: the list of agents is not complete\n"},
      {"map -agents empty.json", 3, "k8sm-ports: warning: no agents are known\n"},
      {"map -agents none.json", 3, "k8sm-ports: none.json: No such file or directory\n"},
      {"map -agents agents.json -pods shop.yaml", 3,
       "k8sm-ports: shop.yaml: a list is not a JSON object: apiVersion: apps/v1\\nkind: "
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

TEST_CASE("a warning fails a check only with -fail_on warning, and a note never does", "[ports_program]") {
  CHECK(Run(Words("check taken.yaml" + kSample)).code == 0);
  CHECK(Run(Words("check taken.yaml -fail_on warning" + kSample)).code == 1);
  CHECK(Run(Words("check taken.yaml -fail_on never" + kSample)).code == 0);
  // A note does not fail it: here, that there is no room for four pods.
  const test::TempDirectory directory;
  const std::string pod = directory.Write(
      "pod.json", R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},)"
                  R"("spec":{"containers":[{"ports":[{"containerPort":80,"hostPort":31009}]}]}})");
  const Outcome note = Run(Words("check " + pod + " -port_reserve 4 -fail_on warning" + kSample));
  CHECK(note.out.find(": 0 errors, 0 warnings, 1 note.") != std::string::npos);
  CHECK(note.code == 0);
}

TEST_CASE("levels are coloured on request", "[ports_program]") {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(GoldenDirectory() / "ports");
  std::ostringstream out;
  std::ostringstream err;
  RunProgram(Words("check shop.yaml" + kSample), out, err, true);
  std::filesystem::current_path(before);
  CHECK(out.str().find("\x1b[31merror") != std::string::npos);
  CHECK(out.str().find("\x1b[33mwarning") != std::string::npos);
}

std::string TextOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("a report written to a file equals the one on the terminal, without colours", "[ports_program]") {
  const test::TempDirectory directory;
  const std::string text = directory.path() + "/check.txt";
  const std::string json = directory.Write("check.json", std::string(100'000, 'x'));
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(GoldenDirectory() / "ports");
  std::ostringstream out;
  std::ostringstream err;
  const int code = RunProgram(
      Words("check shop.yaml -o text=" + text + " -o json=" + json + " -o github" + kSample), out, err, true);
  std::filesystem::current_path(before);
  CHECK(code == 1);
  CHECK(TextOf(text) == Expected("check.txt"));
  CHECK(TextOf(json) == Expected("check.json"));
  CHECK(out.str() == Expected("check-github.txt"));
  CHECK(err.str().empty());
}

TEST_CASE("a saved page of a list is not taken for the whole list", "[ports_program]") {
  const test::TempDirectory directory;
  const auto save = [&](const std::string& next) {
    return directory.Write(
        "pods.json",
        R"({"kind":"PodList","metadata":{"resourceVersion":"7","continue":")" + next + R"("},"items":[]})");
  };
  const std::string page = save("more");
  const Outcome refused = Run({"map", "-agents", "agents.json", "-pods", page});
  CHECK(refused.code == 3);
  CHECK(refused.err.starts_with("k8sm-ports: " + page + ": one page of a list that goes on"));
  CHECK(Run({"map", "-agents", "agents.json", "-pods", save("")}).code == 0);
}

TEST_CASE("output that cannot be written is an error, whatever was found", "[ports_program]") {
  const std::string arguments =
      GENERATE(as<std::string>(), "-version", "-help", "map" + kSample, "suggest 1" + kSample,
               "check shop.yaml" + kSample, "check shop.yaml -fail_on never" + kSample);
  CAPTURE(arguments);
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(GoldenDirectory() / "ports");
  std::ofstream full("/dev/full");
  std::ostringstream err;
  const int code = RunProgram(Words(arguments), full, err, false);
  std::filesystem::current_path(before);
  CHECK(code == 2);
  CHECK(err.str() == "k8sm-ports: standard output: cannot be written\n");
}

TEST_CASE("a summary for GitHub that cannot be written is an error, and concerns no other format",
          "[ports_program]") {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(GoldenDirectory() / "ports");
  ::setenv("GITHUB_STEP_SUMMARY", "/dev/full", 1);
  std::ostringstream out;
  std::ostringstream err;
  CHECK(RunProgram(Words("check taken.yaml -o text" + kSample), out, err, false) == 0);
  CHECK(err.str().empty());
  CHECK(RunProgram(Words("check taken.yaml -o github" + kSample), out, err, false) == 2);
  ::unsetenv("GITHUB_STEP_SUMMARY");
  std::filesystem::current_path(before);
  CHECK(err.str() == "k8sm-ports: GITHUB_STEP_SUMMARY: /dev/full: cannot be written\n");
}

TEST_CASE("each run with -o github appends a summary to the file in GITHUB_STEP_SUMMARY", "[ports_program]") {
  const test::TempDirectory directory;
  const std::string summary = directory.Write("summary.md", "before\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(GoldenDirectory() / "ports");
  std::ostringstream out;
  std::ostringstream err;
  ::setenv("GITHUB_STEP_SUMMARY", summary.c_str(), 1);
  for (const char* format : {"github", "text", "github"})
    RunProgram(Words("check taken.yaml -o " + std::string(format) + kSample), out, err, false);
  ::setenv("GITHUB_STEP_SUMMARY", "", 1);
  RunProgram(Words("check taken.yaml -o github" + kSample), out, err, false);
  ::unsetenv("GITHUB_STEP_SUMMARY");
  std::filesystem::current_path(before);
  CHECK(err.str().empty());
  const std::string written = TextOf(summary);
  CHECK(written.starts_with("before\n### Host ports: "));
  const std::string one = written.substr(7, written.size() / 2 - 3);
  CHECK(one.find("| taken.yaml:") != std::string::npos);
  CHECK(written == "before\n" + one + one);
}

}  // namespace
}  // namespace k8sm::ports_program
