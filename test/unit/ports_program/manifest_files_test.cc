#include "controller/ports_program/manifest_files.h"

#include "test/support/catch.h"
#include "test/support/temp_directory.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace k8sm::ports_program {
namespace {

TEST_CASE("a folder is read recursively in the order of names, without hidden files", "[ports_program]") {
  const test::TempDirectory folder;
  const std::filesystem::path root(folder.path());
  std::filesystem::create_directories(root / "b" / ".git");
  for (const char* name : {"z.json", "a.yaml", "b/m.yml", "b/.git/x.yaml", ".hidden.yaml", "b/notes.txt"}) {
    std::ofstream(root / name) << "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}";
  }
  const auto manifests = ReadManifests({root.string()});
  REQUIRE(manifests.has_value());
  std::string names;
  for (const NamedManifest& manifest : *manifests) {
    names += std::filesystem::path(manifest.file).filename().string() + " ";
    CHECK(manifest.manifest.workloads.size() == 1);
  }
  CHECK(names == "a.yaml m.yml z.json ");
}

TEST_CASE("named files are read in the given order, whatever their suffix, and a missing one is an error",
          "[ports_program]") {
  const test::TempDirectory folder;
  const std::string pod = R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}})";
  const std::string second = folder.Write("second.txt", pod);
  const std::string first = folder.Write("sub/first.yaml", pod);
  std::filesystem::create_directories(std::filesystem::path(folder.path()) / "sub" / "folder.yaml");
  const auto manifests = ReadManifests({second, folder.path() + "/sub", second});
  REQUIRE(manifests.has_value());
  std::vector<std::string> files;
  for (const NamedManifest& manifest : *manifests) files.push_back(manifest.file);
  CHECK(files == std::vector<std::string>{second, first, second});
  const auto missing = ReadManifests({second, folder.path() + "/none"});
  REQUIRE(missing.has_error());
  CHECK(missing.error().message == folder.path() + "/none: No such file or directory");
}

TEST_CASE("paths without any object are an error, and one empty file among others is none",
          "[ports_program]") {
  const test::TempDirectory folder;
  const std::string nothing = " there is nothing to check: no object in a *.yaml, *.yml or *.json file";
  CHECK(ReadManifests({folder.path()}).error().message == folder.path() + ":" + nothing);
  const std::string empty = folder.Write("empty.yaml", "# nothing\n");
  CHECK(ReadManifests({empty}).error().message == empty + ":" + nothing);
  folder.Write("other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  CHECK(ReadManifests({folder.path()})->size() == 2);
}

TEST_CASE("an error in a manifest names the file and the line", "[ports_program]") {
  const test::TempDirectory folder;
  const std::string file = (std::filesystem::path(folder.path()) / "a.yaml").string();
  std::ofstream(file) << "a: [";
  const auto manifests = ReadManifests({file});
  REQUIRE(manifests.has_error());
  CHECK(manifests.error().message == file + ": line 1 is neither YAML nor JSON");
}

}  // namespace
}  // namespace k8sm::ports_program
