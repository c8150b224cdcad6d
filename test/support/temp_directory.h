// Files that a test needs for a while.

#ifndef K8SM_TEST_SUPPORT_TEMP_DIRECTORY_H_
#define K8SM_TEST_SUPPORT_TEMP_DIRECTORY_H_

#include <string>

namespace k8sm::test {

// A directory of its own, removed with all that is in it.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::string& path() const { return path_; }
  // Writes a file, in a folder below if its name says so, and gives its path. One that is there is replaced
  // at once, as whoever replaces files does.
  std::string Write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_TEMP_DIRECTORY_H_
