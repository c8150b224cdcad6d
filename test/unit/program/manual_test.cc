#include "controller/program/manual.h"

#include "controller/program/flags.h"
#include "test/support/catch.h"

#include <gflags/gflags.h>

#include <set>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

const std::vector<FlagGroup> kGroups = {
    {"The log", {{"v", "int32", "0", "How much."}, {"log_dir", "string", "", "Where to; \\ is no place."}}},
};

TEST_CASE("the help tells each flag with its type and default") {
  const std::string text = HelpText(kGroups);
  CHECK(text.find("\nThe log:\n"
                  "  -v (int32, default 0)\n"
                  "      How much.\n"
                  "  -log_dir (string, default \"\")\n"
                  "      Where to; \\ is no place.\n") != std::string::npos);
}

TEST_CASE("the help breaks long texts between words") {
  const std::string text =
      HelpText({{"A", {{"a", "bool", "false", std::string(60, 'x') + " " + std::string(60, 'y')}}}});
  CHECK(text.ends_with("      " + std::string(60, 'x') + "\n      " + std::string(60, 'y') + "\n"));
}

TEST_CASE("the manual page has the flags in their place") {
  CHECK(ManualPage(".SH OPTIONS\n.\\\" OPTIONS\n.SH FILES\n", kGroups) ==
        ".SH OPTIONS\n"
        ".SS The log\n"
        ".TP\n\\fB\\-v\\fR (int32, default 0)\nHow much.\n"
        ".TP\n\\fB\\-log_dir\\fR (string, default \"\")\nWhere to; \\e is no place.\n"
        ".SH FILES\n");
}

TEST_CASE("what looks like a request of roff stays text in the manual page") {
  const std::string page = ManualPage(".\\\" OPTIONS\n", {{"'A", {{"a", "bool", "true", ".SH no heading"}}}});
  CHECK(page == ".SS \\&'A\n.TP\n\\fB\\-a\\fR (bool, default true)\n\\&.SH no heading\n");
}

TEST_CASE("every flag of the program is described, and once") {
  std::multiset<std::string> described;
  for (const FlagGroup& group : DescribeFlags()) {
    for (const FlagText& flag : group.flags) described.insert(flag.name);
  }
  std::vector<gflags::CommandLineFlagInfo> all;
  gflags::GetAllFlags(&all);
  for (const auto& flag : all) {
    if (!flag.filename.ends_with("controller/flags.cc")) continue;
    INFO(flag.name);
    CHECK(described.count(flag.name) == 1);
  }
}

}  // namespace
}  // namespace k8sm::controller
