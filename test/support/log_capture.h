// Captures the log during a test.

#ifndef K8SM_TEST_SUPPORT_LOG_CAPTURE_H_
#define K8SM_TEST_SUPPORT_LOG_CAPTURE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::test {

// Captures glog lines during its lifetime. Hides glog's headers, whose CHECK macro conflicts with Catch2's.
class LogCapture {
 public:
  // Sets -v to `verbosity` until destruction.
  explicit LogCapture(int verbosity = 0);
  ~LogCapture();

  // The lines, e.g. "W skipped pod ...", beginning with the first letter of the severity.
  const std::vector<std::string>& lines() const { return lines_; }
  // The number of lines that contain `part`.
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
