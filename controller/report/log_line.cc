#include "controller/report/log_line.h"

#include "lib/base/printable.h"

#include <glog/logging.h>

#include <cstddef>

namespace k8sm::controller {
namespace {

// Names and messages are bounded by the API server; this bounds whatever is not.
constexpr std::size_t kMaxLine = 2'000;

}  // namespace

void WriteToLog(std::span<const LogLine> lines) {
  for (const LogLine& line : lines) {
    switch (line.level) {
      case LogLine::Level::kInfo:
        LOG(INFO) << Printable(line.text, kMaxLine);
        break;
      case LogLine::Level::kWarning:
        LOG(WARNING) << Printable(line.text, kMaxLine);
        break;
      case LogLine::Level::kChange:
        VLOG(2) << Printable(line.text, kMaxLine);
        break;
      case LogLine::Level::kRepetition:
        VLOG(4) << Printable(line.text, kMaxLine);
        break;
    }
  }
}

}  // namespace k8sm::controller
