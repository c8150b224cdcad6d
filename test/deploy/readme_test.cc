// Checks that the README's table of flags has all flags of the program with their defaults.

#include "controller/program/flags.h"
#include "test/deploy/manifests.h"
#include "test/support/catch.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::test {
namespace {

// Splits at commas and removes backticks and spaces: "a `b`, c" gives {"a b", "c"}. An empty text gives one
// empty value.
std::vector<std::string> Values(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '`'), text.end());
  std::vector<std::string> values;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const auto begin = part.find_first_not_of(' ');
    const auto end = part.find_last_not_of(' ');
    values.push_back(begin == std::string::npos ? "" : part.substr(begin, end - begin + 1));
  }
  if (values.empty()) values.emplace_back();
  return values;
}

std::string Joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ",") + value;
  return text;
}

// Returns the default of each flag from the rows under "| flag | default | |".
std::map<std::string, std::string> FlagsOfReadme() {
  std::map<std::string, std::string> flags;
  std::istringstream lines(ReadFile(InSource("README.md")));
  bool in_table = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| flag |")) in_table = true;
    if (!line.starts_with("|")) in_table = false;
    if (!in_table || !line.starts_with("| `")) continue;
    std::istringstream cells(line.substr(1));
    std::string names;
    std::string defaults;
    REQUIRE((std::getline(cells, names, '|') && std::getline(cells, defaults, '|')));
    const auto row = Values(names);
    auto values = Values(defaults);
    // A default may be a list itself.
    if (row.size() == 1 && values.size() > 1) values = {Joined(values)};
    std::size_t place = 0;
    for (const std::string& name : row) {
      INFO(line);
      // One default may apply to all flags of a row.
      flags[name] = place < values.size() ? values[place] : values.back();
      ++place;
    }
  }
  return flags;
}

TEST_CASE("the README's table has every flag with its default") {
  const auto told = FlagsOfReadme();
  std::map<std::string, std::string> flags;
  for (const controller::FlagGroup& group : controller::DescribeFlags()) {
    for (const controller::FlagText& flag : group.flags) flags[flag.name] = flag.default_value;
  }
  for (const auto& [name, value] : flags) {
    INFO(name);
    const auto found = told.find(name);
    REQUIRE(found != told.end());
    CHECK(found->second == value);
  }
  for (const auto& [name, value] : told) {
    INFO(name);
    CHECK(flags.contains(name));
  }
}

}  // namespace
}  // namespace k8sm::test
