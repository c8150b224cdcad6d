// Temporary files for tests.

#ifndef K8SM_TEST_SUPPORT_TEMP_DIRECTORY_H_
#define K8SM_TEST_SUPPORT_TEMP_DIRECTORY_H_

#include <string>

namespace k8sm::test {

// Creates a unique directory and removes it, with its content, on destruction.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::string& path() const { return path_; }
  // Writes a file and returns its path. `name` may contain directories. An existing file is replaced
  // atomically, by a rename.
  std::string Write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_TEMP_DIRECTORY_H_
