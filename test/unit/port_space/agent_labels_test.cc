#include "controller/port_space/agent_labels.h"

#include "test/support/catch.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using namespace std::chrono_literals;

kube::LabelMap Rack(const std::string& rack) {
  return {{kube::Symbol("rack"), kube::Symbol(rack)}};
}

ports::SharedAgent MakeAgent(const std::string& name, kube::LabelMap labels) {
  ports::Agent agent;
  agent.id = "S-" + name;
  agent.name = kube::Symbol(name);
  agent.labels = std::move(labels);
  agent.labels_from = ports::LabelSource::kAgent;
  return std::make_shared<const ports::Agent>(std::move(agent));
}

class Nodes {
 public:
  void Set(const std::string& name, kube::LabelMap labels) {
    kube::Node node;
    node.meta.name = kube::Symbol(name);
    node.meta.labels = std::move(labels);
    node.meta.resource_version = std::to_string(++version_);
    store_.Apply(std::move(node));
  }
  const informer::Store<kube::Node>& store() const { return store_; }

 private:
  informer::Store<kube::Node> store_;
  int version_ = 0;
};

TEST_CASE("an agent has the labels of its Node", "[port_space]") {
  Nodes nodes;
  nodes.Set("node1", Rack("r1"));
  nodes.Set("node2", Rack("r2"));
  const std::vector<ports::SharedAgent> agents = {MakeAgent("node1", Rack("r1")),
                                                  MakeAgent("node2", Rack("r9"))};
  AgentLabels labels;
  const auto labelled = labels.Apply(agents, nodes.store());
  REQUIRE(labelled.size() == 2);
  CHECK(labelled[0]->labels == Rack("r1"));
  CHECK(labelled[0]->labels_from == ports::LabelSource::kNode);
  CHECK(labelled[1]->labels == Rack("r2"));
  CHECK(labelled[1]->id == "S-node2");
  CHECK(agents[1]->labels == Rack("r9"));
  // Labels that somebody has removed from the Node do not come back from the agent's attributes.
  nodes.Set("node2", {});
  const auto unlabelled = labels.Apply(agents, nodes.store());
  CHECK(unlabelled[1]->labels.empty());
  CHECK(unlabelled[1]->labels_from == ports::LabelSource::kNode);
}

TEST_CASE("an agent that has no Node keeps the labels made from its attributes", "[port_space]") {
  Nodes nodes;
  const std::vector<ports::SharedAgent> agents = {MakeAgent("node1", Rack("r1"))};
  AgentLabels labels;
  const auto without = labels.Apply(agents, nodes.store());
  CHECK(without[0]->labels == Rack("r1"));
  CHECK(without[0]->labels_from == ports::LabelSource::kNoNode);
  nodes.Set("node1", Rack("r1"));
  CHECK(labels.Apply(agents, nodes.store())[0]->labels_from == ports::LabelSource::kNode);
}

TEST_CASE("AgentLabels shares labelled agents between calls until an agent or its Node changes",
          "[port_space]") {
  Nodes nodes;
  nodes.Set("node1", Rack("r2"));
  std::vector<ports::SharedAgent> agents = {MakeAgent("node1", Rack("r1")), MakeAgent("node2", Rack("r1"))};
  AgentLabels labels;
  const auto first = labels.Apply(agents, nodes.store());
  CHECK(labels.Apply(agents, nodes.store()) == first);
  nodes.Set("node1", Rack("r3"));
  const auto second = labels.Apply(agents, nodes.store());
  CHECK(second[0]->labels == Rack("r3"));
  CHECK(second[1] == first[1]);
  agents[1] = MakeAgent("node2", Rack("r1"));
  CHECK(labels.Apply(agents, nodes.store())[1] != first[1]);
}

TEST_CASE("the labels of Nodes are trusted until their cache has been outdated for the tolerance",
          "[port_space]") {
  constexpr auto kTolerance = NodeLabelsTrust::kTolerance;
  NodeLabelsTrust trust;
  NodeLabelsTrust::TimePoint now{1h};
  CHECK_FALSE(trust.Update(false, now));  // never read
  CHECK(trust.Update(true, now));
  // However long the cache was current before.
  now += 24h;
  CHECK(trust.Update(false, now));
  CHECK(trust.Update(false, now + kTolerance - 1s));
  CHECK_FALSE(trust.Update(false, now + kTolerance));
  CHECK_FALSE(trust.Update(false, now + 2 * kTolerance));
  // Each interruption counts by itself.
  now += 3 * kTolerance;
  CHECK(trust.Update(true, now));
  CHECK(trust.Update(false, now + 1s));
  CHECK(trust.Update(true, now + 50s));
  CHECK(trust.Update(false, now + 70s));
}

TEST_CASE("only adding, deleting or relabelling a Node changes the labels of agents", "[port_space]") {
  kube::Node node;
  node.meta.labels = Rack("r1");
  kube::Node other = node;
  other.meta.resource_version = "2";
  CHECK_FALSE(ChangesLabels(&node, &other));
  other.meta.labels = Rack("r2");
  CHECK(ChangesLabels(&node, &other));
  CHECK(ChangesLabels(nullptr, &node));
  CHECK(ChangesLabels(&node, nullptr));
}

}  // namespace
}  // namespace k8sm::controller
