// Log lines as values, so that the code that decides what to log does no I/O.

#ifndef K8SM_CONTROLLER_REPORT_LOG_LINE_H_
#define K8SM_CONTROLLER_REPORT_LOG_LINE_H_

#include <span>
#include <string>

namespace k8sm::controller {

// One line to be logged.
struct LogLine {
  // The glog severity, or the verbosity (-v) from which the line is logged.
  enum class Level {
    kInfo,
    kWarning,
    kChange,      // logged at V(2)
    kRepetition,  // logged at V(4)
  };
  // The text has no trailing newline and need not be escaped.
  Level level = Level::kInfo;
  std::string text;
};

// Logs the lines. Line breaks within a line are escaped, and a line is cut after 2,000 bytes.
void WriteToLog(std::span<const LogLine> lines);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_LOG_LINE_H_
