#include "lib/base/read_file.h"

#include "test/support/catch.h"
#include "test/support/temp_directory.h"

#include <cstdio>
#include <string>

namespace k8sm {
namespace {

std::string Read(const std::string& path, std::size_t max_bytes = 1 << 20) {
  const auto text = ReadToEnd(std::fopen(path.c_str(), "re"), max_bytes);
  if (text) return *text;
  CHECK(text.error().code == Errc::kInvalidConfig);
  return text.error().message;
}

TEST_CASE("ReadToEnd reads a whole file unless it is larger than allowed", "[base]") {
  const test::TempDirectory directory;
  const std::string text(1 << 20, 'x');
  CHECK(Read(directory.Write("full", text)) == text);
  CHECK(Read(directory.Write("large", text + "x")) == "is larger than 1 MiB");
  CHECK(Read(directory.Write("empty", ""), 0).empty());
}

TEST_CASE("an error of ReadToEnd says why the file cannot be read", "[base]") {
  const test::TempDirectory directory;
  CHECK(Read(directory.path() + "/none") == "No such file or directory");
  CHECK(Read(directory.path()) == "Is a directory");
}

}  // namespace
}  // namespace k8sm
