// What the program says while a test runs.

#ifndef K8SM_TEST_SUPPORT_LOG_CAPTURE_H_
#define K8SM_TEST_SUPPORT_LOG_CAPTURE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::test {

// Keeps what the program logs while it lives. Shows nothing of glog, whose CHECK is not Catch's.
class LogCapture {
 public:
  // With -v so high.
  explicit LogCapture(int verbosity = 0);
  ~LogCapture();

  // Each line as "W skipped pod ...", with the first letter of its severity.
  const std::vector<std::string>& lines() const { return lines_; }
  std::size_t Count(std::string_view part) const;
  void Clear() { lines_.clear(); }

 private:
  class Sink;

  std::vector<std::string> lines_;
  std::unique_ptr<Sink> sink_;
  const int verbosity_before_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_LOG_CAPTURE_H_
