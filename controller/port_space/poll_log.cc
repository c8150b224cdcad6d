#include "controller/port_space/poll_log.h"

#include "lib/base/count.h"
#include "lib/ports/sentence.h"

#include <utility>

namespace k8sm::controller {
namespace {

using Level = LogLine::Level;

}  // namespace

PollLog::Incomplete PollLog::WhyIncomplete(const mesos::PollResult& result) {
  if (result.outcome == mesos::PollOutcome::kOk) return Incomplete::kNot;
  if (result.agents.unreadable > 0) return Incomplete::kUnreadable;
  return result.agents.recovered.value_or(0) > 0 ? Incomplete::kRecovering : Incomplete::kYoung;
}

std::string PollLog::Describe(Incomplete why, const mesos::AgentList& list) {
  if (why == Incomplete::kUnreadable) {
    const std::string text = Count(list.unreadable, "agent") + " cannot be read";
    return list.errors.empty() ? text : text + ": " + list.errors.front();
  }
  if (why == Incomplete::kYoung) return "it has led for less than ten minutes, in which agents reregister";
  const std::size_t agents = list.recovered.value_or(0);
  return Count(agents, "agent") + (agents == 1 ? " has" : " have") + " not reregistered since a failover";
}

std::vector<LogLine> PollLog::OnPoll(const mesos::PollResult& result, TimePoint now) {
  std::vector<LogLine> lines;
  const bool has_agents =
      result.outcome == mesos::PollOutcome::kOk || result.outcome == mesos::PollOutcome::kPartial;
  if (!has_agents) {
    if (const auto more = failures_.OnFailure(result.error, now))
      lines.push_back({Level::kWarning, "no agents from Mesos: " + ToString(result.error) + *more});
    return lines;
  }
  if (failures_.OnSuccess())
    lines.push_back(
        {Level::kInfo, "agents are read from Mesos again: " + ToString(result.leader) + " leads"});
  OnList(result, lines);
  return lines;
}

void PollLog::OnList(const mesos::PollResult& result, std::vector<LogLine>& lines) {
  const Incomplete why = WhyIncomplete(result);
  if (why == std::exchange(incomplete_, why)) return;
  const std::string list = "the list of agents from " + ToString(result.leader);
  if (why == Incomplete::kNot) {
    lines.push_back({Level::kInfo, list + " is complete"});
  } else {
    lines.push_back({Level::kWarning, list +
                                          " is not complete, so nothing is said to be never schedulable: " +
                                          Describe(why, result.agents)});
  }
}

}  // namespace k8sm::controller
