// What is logged while a test runs. Without glog's header, whose CHECK is not Catch's.

#ifndef K8SM_TEST_UNIT_CLIENT_LOG_CAPTURE_H_
#define K8SM_TEST_UNIT_CLIENT_LOG_CAPTURE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::client {

// Keeps each line, as "W going on with ...", with the first letter of its severity, while it lives.
class LogCapture {
 public:
  // With -v so high.
  explicit LogCapture(int verbosity = 0);
  ~LogCapture();

  const std::vector<std::string>& lines() const;
  // How many lines hold this.
  std::size_t Count(std::string_view part) const;

 private:
  class Sink;

  std::unique_ptr<Sink> sink_;
  int verbosity_before_;
};

}  // namespace k8sm::client

#endif  // K8SM_TEST_UNIT_CLIENT_LOG_CAPTURE_H_
