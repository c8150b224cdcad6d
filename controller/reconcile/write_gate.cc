#include "controller/reconcile/write_gate.h"

#include "controller/report/coexistence.h"
#include "controller/report/log_line.h"

#include <utility>

namespace k8sm::controller {
namespace {

void Log(LogLine::Level level, std::string text) {
  const LogLine line{level, std::move(text)};
  WriteToLog({&line, 1});
}

}  // namespace

std::chrono::milliseconds WriteGate::Wait(const kube::ObjectKey& service, const Fingerprints& stored,
                                          const std::string& writer, TimePoint now) {
  const auto verdict = guard_.OnWrite(service, stored, now);
  if (verdict.slowed_down) {
    if (const auto more = warnings_.Take(now))
      Log(LogLine::Level::kWarning,
          DescribeRewrites({what_, service, writer, verdict.lack}, RewriteGuard::kWriteInterval) + *more);
  } else if (verdict.tell_rewrite) {
    if (const auto more = news_.Take(now))
      Log(LogLine::Level::kInfo, DescribeRewrite({what_, service, writer, verdict.lack}) + *more);
  }
  return verdict.wait;
}

void WriteGate::Tick(TimePoint now) {
  if (const auto more = warnings_.Summary(now))
    Log(LogLine::Level::kWarning, what_ + " of more services keep being rewritten by others" + *more);
  if (const auto more = news_.Summary(now))
    Log(LogLine::Level::kInfo, what_ + " of more services were changed or missing" + *more);
}

}  // namespace k8sm::controller
