// Files that a test needs for a while.

#ifndef K8SM_TEST_UNIT_CLIENT_TEMP_DIRECTORY_H_
#define K8SM_TEST_UNIT_CLIENT_TEMP_DIRECTORY_H_

#include <string>

namespace k8sm::client {

// A directory of its own, removed with all that is in it.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::string& path() const { return path_; }
  // Writes a file, and gives its path.
  std::string Write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

}  // namespace k8sm::client

#endif  // K8SM_TEST_UNIT_CLIENT_TEMP_DIRECTORY_H_
