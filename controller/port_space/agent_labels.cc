#include "controller/port_space/agent_labels.h"

#include <memory>
#include <utility>

namespace k8sm::controller {

std::vector<ports::SharedAgent> AgentLabels::Apply(std::span<const ports::SharedAgent> agents,
                                                   const informer::Store<kube::Node>& nodes) {
  std::vector<ports::SharedAgent> result;
  result.reserve(agents.size());
  std::unordered_map<const ports::Agent*, Labelled> labelled;
  for (const ports::SharedAgent& agent : agents) {
    const kube::Node* node = nodes.Find({kube::Symbol(), agent->name});
    const kube::LabelMap& labels = node != nullptr ? node->meta.labels : agent->labels;
    const auto from = node != nullptr ? ports::LabelSource::kNode : ports::LabelSource::kNoNode;
    const auto before = labelled_.find(agent.get());
    if (before != labelled_.end() && before->second.agent->labels_from == from &&
        before->second.agent->labels == labels) {
      result.push_back(before->second.agent);
    } else {
      ports::Agent copy = *agent;
      copy.labels = labels;
      copy.labels_from = from;
      result.push_back(std::make_shared<const ports::Agent>(std::move(copy)));
    }
    labelled.emplace(agent.get(), Labelled{agent, result.back()});
  }
  labelled_ = std::move(labelled);
  return result;
}

bool NodeLabelsTrust::Update(bool current, TimePoint now) {
  if (current) {
    was_current_ = true;
    outdated_since_.reset();
    return true;
  }
  if (!outdated_since_) outdated_since_ = now;
  return was_current_ && now - *outdated_since_ < kTolerance;
}

bool ChangesLabels(const kube::Node* before, const kube::Node* after) {
  return before == nullptr || after == nullptr || before->meta.labels != after->meta.labels;
}

}  // namespace k8sm::controller
