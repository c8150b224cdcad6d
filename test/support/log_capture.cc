#include "test/support/log_capture.h"

#include <glog/logging.h>

#include <algorithm>

namespace k8sm::test {

class LogCapture::Sink : public google::LogSink {
 public:
  explicit Sink(std::vector<std::string>& lines) : lines_(lines) { google::AddLogSink(this); }
  ~Sink() override { google::RemoveLogSink(this); }

  // The overload that glog 0.6 calls; older and newer versions call it too.
  void send(google::LogSeverity severity, const char*, const char*, int, const struct tm*,
            const char* message, std::size_t message_len) override {
    lines_.push_back(std::string(1, google::GetLogSeverityName(severity)[0]) + " " +
                     std::string(message, message_len));
  }

 private:
  std::vector<std::string>& lines_;
};

LogCapture::LogCapture(int verbosity) : sink_(std::make_unique<Sink>(lines_)), verbosity_before_(FLAGS_v) {
  FLAGS_v = verbosity;
}

LogCapture::~LogCapture() {
  FLAGS_v = verbosity_before_;
}

std::size_t LogCapture::Count(std::string_view part) const {
  return static_cast<std::size_t>(std::count_if(lines_.begin(), lines_.end(), [&](const std::string& line) {
    return line.find(part) != std::string::npos;
  }));
}

}  // namespace k8sm::test
