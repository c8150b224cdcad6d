#include "controller/reconcile/write_gate.h"

#include "controller/report/coexistence.h"
#include "controller/report/log_line.h"

namespace k8sm::controller {

std::chrono::milliseconds WriteGate::Wait(const kube::ObjectKey& service, std::size_t stored,
                                          const std::string& writer, TimePoint now) {
  const auto verdict = guard_.OnWrite(service, stored, now);
  if (verdict.slowed_down) {
    if (const auto more = lines_.Take(now)) {
      const LogLine line{LogLine::Level::kWarning,
                         DescribeRewrites(what_, service, writer, RewriteGuard::kWriteInterval) + *more};
      WriteToLog({&line, 1});
    }
  }
  return verdict.wait;
}

void WriteGate::Tick(TimePoint now) {
  const auto more = lines_.Summary(now);
  if (!more) return;
  const LogLine line{LogLine::Level::kWarning,
                     what_ + " of more services keep being rewritten by others" + *more};
  WriteToLog({&line, 1});
}

}  // namespace k8sm::controller
