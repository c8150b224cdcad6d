#include "test/unit/client/log_capture.h"

#include <glog/logging.h>

#include <algorithm>

namespace k8sm::client {

class LogCapture::Sink : public google::LogSink {
 public:
  // glog 0.6 calls this; older and newer ones know it too.
  void send(google::LogSeverity severity, const char*, const char*, int, const struct tm*,
            const char* message, std::size_t message_len) override {
    lines.push_back(std::string(1, google::GetLogSeverityName(severity)[0]) + " " +
                    std::string(message, message_len));
  }

  std::vector<std::string> lines;
};

LogCapture::LogCapture(int verbosity) : sink_(std::make_unique<Sink>()), verbosity_before_(FLAGS_v) {
  FLAGS_v = verbosity;
  google::AddLogSink(sink_.get());
}

LogCapture::~LogCapture() {
  google::RemoveLogSink(sink_.get());
  FLAGS_v = verbosity_before_;
}

const std::vector<std::string>& LogCapture::lines() const {
  return sink_->lines;
}

std::size_t LogCapture::Count(std::string_view part) const {
  return static_cast<std::size_t>(
      std::count_if(lines().begin(), lines().end(),
                    [part](const std::string& line) { return line.find(part) != std::string::npos; }));
}

}  // namespace k8sm::client
