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

TEST_CASE("the help lists each flag with its type and default") {
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

TEST_CASE("the manual page lists the flags at the placeholder") {
  CHECK(ManualPage(".SH OPTIONS\n.\\\" OPTIONS\n.SH FILES\n", kGroups) ==
        ".SH OPTIONS\n"
        ".SS The log\n"
        ".TP\n\\fB\\-v\\fR (int32, default 0)\nHow much.\n"
        ".TP\n\\fB\\-log_dir\\fR (string, default \"\")\nWhere to; \\e is no place.\n"
        ".SH FILES\n");
}

TEST_CASE("text that looks like a roff request stays text in the manual page") {
  const std::string page = ManualPage(".\\\" OPTIONS\n", {{"'A", {{"a", "bool", "true", ".SH no heading"}}}});
  CHECK(page == ".SS \\&'A\n.TP\n\\fB\\-a\\fR (bool, default true)\n\\&.SH no heading\n");
}

TEST_CASE("the help breaks lines at their limit, but never within a word") {
  const auto help = [](const std::string& text) {
    const std::string all = HelpText({{"A", {{"a", "bool", "false", text}}}});
    return all.substr(all.find("default false)\n") + std::string("default false)\n").size());
  };
  const std::string indent(6, ' ');
  const std::string full = std::string(49, 'x') + " " + std::string(50, 'y');
  CHECK(help(full) == indent + full + "\n");
  CHECK(help(full + "y") == indent + std::string(49, 'x') + "\n" + indent + std::string(51, 'y') + "\n");
  CHECK(help(full + " z") == indent + full + "\n" + indent + "z\n");
  const std::string word(150, 'w');
  CHECK(help(word) == indent + word + "\n");
  CHECK(help(word + " and more") == indent + word + "\n" + indent + "and more\n");
}

TEST_CASE("a manual page without the placeholder is left as it is") {
  CHECK(ManualPage(".SH NAME\n", kGroups) == ".SH NAME\n");
}

TEST_CASE("every flag of the program is described exactly once") {
  std::multiset<std::string> described;
  for (const FlagGroup& group : DescribeFlags()) {
    for (const FlagText& flag : group.flags) {
      described.insert(flag.name);
      CHECK_FALSE(flag.type.empty());
      CHECK_FALSE(flag.text.empty());
    }
  }
  std::vector<gflags::CommandLineFlagInfo> all;
  gflags::GetAllFlags(&all);
  std::size_t own = 0;
  for (const auto& flag : all) {
    const bool is_own = flag.filename.ends_with("controller/program/flags.cc") ||
                        flag.filename.ends_with("controller/program/port_flags.cc");
    if (!is_own || flag.name == "h") continue;  // that is -help
    INFO(flag.name);
    ++own;
    CHECK(described.count(flag.name) == 1);
  }
  // Plus the flags of glog that are described.
  CHECK(described.size() == own + 5);
}

}  // namespace
}  // namespace k8sm::controller
