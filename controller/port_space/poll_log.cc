#include "controller/port_space/poll_log.h"

#include <utility>

namespace k8sm::controller {
namespace {

using Level = LogLine::Level;

std::string WhyIncomplete(const mesos::PollResult& result) {
  if (result.outcome == mesos::PollOutcome::kOk) return "";
  const mesos::AgentList& list = result.agents;
  if (list.unreadable > 0) {
    std::string why = std::to_string(list.unreadable) + " agents cannot be read";
    if (!list.errors.empty()) why += ": " + list.errors.front();
    return why;
  }
  if (list.recovered.value_or(0) > 0)
    return std::to_string(*list.recovered) + " agents have not reregistered since a failover";
  return "it has led for less than ten minutes, in which agents reregister";
}

}  // namespace

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
  std::string why = WhyIncomplete(result);
  if (why.empty() == incomplete_.empty()) {
    incomplete_ = std::move(why);
    return;
  }
  if (why.empty()) {
    lines.push_back({Level::kInfo, "the list of agents from " + ToString(result.leader) + " is complete"});
  } else {
    lines.push_back(
        {Level::kWarning, "the list of agents from " + ToString(result.leader) +
                              " is not complete, so nothing is said to be never schedulable: " + why});
  }
  incomplete_ = std::move(why);
}

}  // namespace k8sm::controller
