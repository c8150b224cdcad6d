// A line for the log, as pure code hands it to its caller.

#ifndef K8SM_CONTROLLER_REPORT_LOG_LINE_H_
#define K8SM_CONTROLLER_REPORT_LOG_LINE_H_

#include <span>
#include <string>

namespace k8sm::controller {

struct LogLine {
  enum class Level {
    kInfo,
    kWarning,
    kChange,      // at V(2)
    kRepetition,  // at V(4)
  };
  Level level = Level::kInfo;
  std::string text;
};

// Writes the lines, each on one line and cut at 2,000 bytes.
void WriteToLog(std::span<const LogLine> lines);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_LOG_LINE_H_
