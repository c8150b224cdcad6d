#include "controller/report/missing_node_log.h"

#include "lib/base/printable.h"

#include <utility>

namespace k8sm::controller {
namespace {

using Level = LogLine::Level;

constexpr std::size_t kShownBytes = 253;

std::string Describe(const MissingNode& missing) {
  std::string text = "node " + Printable(missing.node.get(), kShownBytes) + " does not exist, but pod " +
                     ToString(missing.pod) + " of service " + ToString(missing.service);
  if (missing.pods > 1) text += " (and " + std::to_string(missing.pods - 1) + " more)";
  return text + " is bound to it and stays published: delete the pod, or register the node again";
}

}  // namespace

std::vector<LogLine> MissingNodeLog::Update(const std::vector<MissingNode>& missing, TimePoint now) {
  std::vector<LogLine> lines;
  std::map<std::string, State> nodes;
  pods_ = 0;
  for (const MissingNode& each : missing) {
    const auto known = nodes_.find(each.node.get());
    State state = known == nodes_.end() ? State{now} : known->second;
    if (now - state.since >= kSettleTime) {
      pods_ += each.pods;
      if (!std::exchange(state.told, true)) Tell(Level::kWarning, Describe(each), now, lines);
    }
    nodes.emplace(each.node.get(), state);
  }
  for (const auto& [node, state] : nodes_) {
    if (!state.told || nodes.contains(node)) continue;
    Tell(Level::kInfo,
         "node " + Printable(node, kShownBytes) +
             " exists again, or no pod of a service is bound to it any more",
         now, lines);
  }
  nodes_ = std::move(nodes);
  if (const auto more = budget_.Summary(now))
    lines.push_back({Level::kWarning, "more nodes of pods do not exist, or exist again" + *more});
  return lines;
}

void MissingNodeLog::Suspend() {
  pods_ = 0;
  std::erase_if(nodes_, [](const auto& node) { return !node.second.told; });
}

void MissingNodeLog::Tell(Level level, const std::string& text, TimePoint now, std::vector<LogLine>& lines) {
  if (const auto more = budget_.Take(now)) lines.push_back({level, text + *more});
}

}  // namespace k8sm::controller
