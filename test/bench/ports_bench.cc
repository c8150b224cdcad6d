// Measures the cost of an evaluation of the port space: k8sm-ports-bench [AGENTS [PORTS [PODS]]]. Uses one
// thread; prints the CPU time of the best of five runs, and the memory of the parts. "The controller's
// evaluation" is what the program does after a change, with 200 pending pods that request 200 different ports
// outside all offers, "with nodeSelectors" also with as many different nodeSelectors, each matching some of
// the agents, and "without Nodes" while no agent has a Node. The rest of the program waits for one step at a
// time.

#include "controller/port_space/agent_labels.h"
#include "controller/port_space/evaluation.h"
#include "controller/port_space/findings.h"
#include "lib/mesos/agents_decoder.h"
#include "lib/ports/bands.h"
#include "lib/ports/cells.h"
#include "lib/ports/clash.h"
#include "lib/ports/headroom.h"
#include "lib/ports/judge.h"
#include "lib/ports/suggest.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <malloc.h>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace k8sm;  // NOLINT(google-build-using-namespace)
using ports::Demand;
using ports::Port;
using ports::PortSet;

constexpr Port kFirst = 31000;
constexpr int kRuns = 5;
constexpr int kPending = 200;

double CpuMs() {
  return static_cast<double>(std::clock()) * 1000 / CLOCKS_PER_SEC;
}

double Megabytes() {
  return static_cast<double>(mallinfo2().uordblks) / 1e6;
}

struct Size {
  std::uint32_t agents = 5'000;
  std::uint32_t ports = 1'001;
  std::uint32_t pods = 20'000;
};

// Each workload has ten pods, each with one fixed port and one of the first free ones; other frameworks use
// ports here and there.
ports::Snapshot MakeSnapshot(const Size& size) {
  std::mt19937 random(1);
  ports::Snapshot snapshot;
  const auto last = static_cast<Port>(kFirst + size.ports - 1);
  std::vector<std::vector<Port>> used(size.agents);
  for (std::uint32_t pod = 0; pod < size.pods; ++pod) {
    ports::Holder holder;
    const std::uint32_t agent = random() % size.agents;
    holder.ns = kube::Symbol("shop");
    holder.name = kube::Symbol("web-" + std::to_string(pod));
    holder.uid = kube::Uid("0a1b2c3d-d7d6-4f62-8372-" + std::to_string(pod));
    holder.node = kube::Symbol("node" + std::to_string(agent));
    const auto any = static_cast<std::uint32_t>(random() % size.ports);
    for (const std::uint32_t offset : {pod / 10 % size.ports, any}) {
      holder.claims.push_back({.port = static_cast<Port>(kFirst + offset)});
      used[agent].push_back(holder.claims.back().port);
    }
    snapshot.holders.push_back(std::move(holder));
  }
  for (std::uint32_t i = 0; i < size.agents; ++i) {
    ports::Agent agent;
    agent.id = "5f3c1d2e-7a90-4c1b-9a55-0b8d2f6e1c44-S" + std::to_string(i);
    agent.name = kube::Symbol("node" + std::to_string(i));
    agent.offered.emplace_back("*", PortSet::Of({{kFirst, last}}));
    for (int n = 0; n < 96; ++n) used[i].push_back(static_cast<Port>(kFirst + random() % size.ports));
    agent.used = PortSet::OfPorts(std::move(used[i]));
    snapshot.agents.push_back(std::move(agent));
  }
  return snapshot;
}

Demand WantsFixed(Port port) {
  Demand demand;
  demand.fixed = PortSet::OfPorts({port});
  demand.roles = {"*"};
  return demand;
}

kube::Pod MakePod(const ports::Holder& holder, std::uint32_t number) {
  kube::Pod pod;
  pod.meta.ns = holder.ns;
  pod.meta.name = holder.name;
  pod.meta.uid = holder.uid;
  pod.node_name = holder.node;
  pod.phase = kube::PodPhase::kRunning;
  for (const ports::Claim& claim : holder.claims)
    pod.ports.push_back({.container_port = 8080, .host_port = claim.port});
  pod.ports.back().host_port = 0;  // any port, which the scheduler has mapped
  pod.ports.back().container_port = 9090;
  pod.meta.annotations.Set(kube::Symbol("k8s.mesosphere.io/port_TCP_9090"),
                           kube::Symbol(std::to_string(holder.claims.back().port)));
  pod.meta.labels.Set(kube::Symbol("app"), kube::Symbol("web-" + std::to_string(number / 10)));
  return pod;
}

kube::Pod MakePending(int number, bool with_selector) {
  kube::Pod pod;
  pod.meta.ns = kube::Symbol("shop");
  pod.meta.name = kube::Symbol("pending-" + std::to_string(number));
  pod.meta.uid = kube::Uid(pod.meta.name.get());
  pod.ports.push_back({.container_port = 8080, .host_port = 8000 + number});
  if (!with_selector) return pod;
  pod.node_selector.Set(kube::Symbol("k8s.mesosphere.io/attribute-rack"), kube::Symbol("r3"));
  pod.node_selector.Set(kube::Symbol("k8s.mesosphere.io/attribute-shelf"),
                        kube::Symbol("s" + std::to_string(number)));
  return pod;
}

// The pods of the snapshot, and 200 pending ones.
void Fill(const ports::Snapshot& snapshot, bool with_selectors, controller::PortLedger& ledger) {
  std::uint32_t number = 0;
  for (const ports::Holder& holder : snapshot.holders) {
    const kube::Pod pod = MakePod(holder, number++);
    ledger.OnPod(nullptr, &pod);
  }
  for (int i = 0; i < kPending; ++i) {
    const kube::Pod pod = MakePending(i, with_selectors);
    ledger.OnPod(nullptr, &pod);
  }
}

class Stopwatch {
 public:
  void Begin() { begin_ = CpuMs(); }
  void End() { best_ = std::min(best_, CpuMs() - begin_); }
  void Add(double took) { best_ = std::min(best_, took); }
  double best() const { return best_; }

 private:
  double begin_ = 0;
  double best_ = 1e9;
};

// The master's answer with these agents, of 2 KB each.
std::string MakeAnswer(const ports::Snapshot& snapshot) {
  std::string text = R"({"slaves":[)";
  int number = 0;
  for (const ports::Agent& agent : snapshot.agents) {
    const std::string shelf = "s" + std::to_string(number++ % kPending);
    const std::string offered = "\"[31000-32000]\"";
    std::string used = "\"[";
    for (const ports::Range& range : agent.used.ranges()) {
      used += (used.size() > 2 ? ", " : "") + std::to_string(range.begin) + "-" + std::to_string(range.end);
    }
    used += "]\"";
    if (text.back() == '}') text += ',';
    text += R"({"id":")" + agent.id + R"(","hostname":")" + agent.name +
            R"(","attributes":{"rack":"r3","shelf":")" + shelf +
            R"("},"pid":"slave(1)@10.20.3.12:5051","registered_time":1764259200.5,)" +
            R"("resources":{"cpus":16.0,"mem":63487.0,"ports":)" + offered +
            R"(},"used_resources":{"cpus":2.75,"ports":)" + used +
            R"(},"reserved_resources":{},"unreserved_resources":{"cpus":16.0,"ports":)" + offered +
            R"(},"active":true,"used_resources_full":[{"name":"ports","type":"RANGES","filler":")" +
            std::string(1'000, 'x') + R"("}]})";
  }
  return text + R"(],"recovered_slaves":[]})";
}

struct Steps {
  Stopwatch all;
  Stopwatch longest;
};

struct Times {
  Stopwatch copying;
  Stopwatch building;
  Stopwatch counting;
  Stopwatch clashing;
  Stopwatch judging;
  Stopwatch sparing;
  Stopwatch evaluating;
  Stopwatch suggesting;
  Stopwatch banding;
  Stopwatch decoding;
  Steps controller;
  Steps selecting;
  Steps without_nodes;
  double memory = 0;
  double agents_memory = 0;
  double ledger_memory = 0;
  double report_memory = 0;
  std::uint64_t sink = 0;  // keeps results from being optimised away
};

const std::vector<std::string>& Roles() {
  static const std::vector<std::string> roles{"*"};
  return roles;
}

ports::PortSpace Build(const ports::SharedSnapshot& snapshot, Times& times) {
  const double before = Megabytes();
  times.copying.Begin();
  ports::SharedSnapshot copy = snapshot;
  times.copying.End();
  times.building.Begin();
  ports::PortSpace space(std::move(copy));
  times.sink += space.ViewFor(Roles()).free.size();
  times.building.End();
  times.memory = Megabytes() - before;
  return space;
}

// What has to be computed after each change of agents or pods.
ports::PortSpace Evaluate(const ports::SharedSnapshot& snapshot, const Size& size, Times& times) {
  times.evaluating.Begin();
  ports::PortSpace space = Build(snapshot, times);
  times.counting.Begin();
  for (ports::AgentIndex agent = 0; agent < space.agents().size(); ++agent) {
    times.sink += CountCells(space, agent, Roles()).free;
  }
  times.counting.End();
  times.clashing.Begin();
  times.sink += FindClashes(space).kept.size();
  times.clashing.End();
  // Pending pods with 50 demands, some of which can never be met.
  times.judging.Begin();
  for (int i = 0; i < 50; ++i) {
    const auto port = static_cast<Port>(i % 5 == 0 ? 8080 + i : kFirst + i);
    times.sink += static_cast<std::uint64_t>(Judge(space, WantsFixed(port)).verdict);
  }
  times.judging.End();
  // Whether each of the live workloads has spare room.
  times.sparing.Begin();
  for (std::uint32_t i = 0; i < size.pods / 10; ++i) {
    const Demand demand = WantsFixed(static_cast<Port>(kFirst + i % size.ports));
    times.sink += HeadroomOf(space, demand, ports::Basis::kFree, {}, 1).pods;
  }
  times.sparing.End();
  times.evaluating.End();
  return space;
}

// What the controller does after a change.
void EvaluateInSteps(const ports::SharedSnapshot& agents, const controller::PortLedger& ledger, Steps& steps,
                     Times& times) {
  const double before = Megabytes();
  const double begin = CpuMs();
  ports::SharedSnapshot snapshot{
      .agents = agents.agents, .holders = ledger.Holders(), .node_ports = ledger.NodePorts()};
  controller::Evaluation evaluation(std::move(snapshot), ledger, {});
  double longest = CpuMs() - begin;
  for (bool more = true; more;) {
    const double step = CpuMs();
    more = evaluation.Step();
    longest = std::max(longest, CpuMs() - step);
  }
  const auto report = evaluation.TakeReport();
  times.sink += FindingsOf(*report).size();
  steps.all.Add(CpuMs() - begin);
  steps.longest.Add(longest);
  times.report_memory = Megabytes() - before;
}

// What a page or a command computes.
void Ask(const ports::PortSpace& space, Times& times) {
  times.suggesting.Begin();
  times.sink += Suggest(space, {.ports = 3, .replicas = 100, .where = WantsFixed(kFirst)})->agents;
  times.suggesting.End();
  times.banding.Begin();
  times.sink += BandsOf(space, Roles(), 200, 1'200).bands.size();
  times.banding.End();
}

void Print(const Size& size, const Times& times) {
  std::printf("%u agents, %u ports each, %u pods (%llu)\n", size.agents, size.ports, size.pods,
              static_cast<unsigned long long>(times.sink));
  std::printf("evaluation              %7.2f ms\n", times.evaluating.best());
  std::printf("  copying the snapshot  %7.2f ms\n", times.copying.best());
  std::printf("  building the space    %7.2f ms\n", times.building.best());
  std::printf("  states of all cells   %7.2f ms\n", times.counting.best());
  std::printf("  clashes               %7.2f ms\n", times.clashing.best());
  std::printf("  50 pending demands    %7.2f ms\n", times.judging.best());
  std::printf("  spare of %5u demands %7.2f ms\n", size.pods / 10, times.sparing.best());
  std::printf("a suggestion            %7.2f ms\n", times.suggesting.best());
  std::printf("200 bands               %7.2f ms\n", times.banding.best());
  std::printf("decoding an answer      %7.2f ms\n", times.decoding.best());
  const auto print = [](const char* what, const Steps& steps) {
    std::printf("%s%6.2f ms, its longest step %.2f ms\n", what, steps.all.best(), steps.longest.best());
  };
  print("the controller's evaluation ", times.controller);
  print("  with nodeSelectors         ", times.selecting);
  print("  without Nodes              ", times.without_nodes);
  std::printf("memory of the space     %7.2f MB\n", times.memory);
  std::printf("  of a list of agents   %7.2f MB\n", times.agents_memory);
  std::printf("  of what pods hold     %7.2f MB\n", times.ledger_memory);
  std::printf("  of an evaluation      %7.2f MB\n", times.report_memory);
}

}  // namespace

int main(int argc, char** argv) {
  Size size;
  if (argc > 1) size.agents = static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10));
  if (argc > 2) size.ports = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10));
  if (argc > 3) size.pods = static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10));
  const ports::Snapshot snapshot = MakeSnapshot(size);
  const std::string answer = MakeAnswer(snapshot);
  Times times;
  double before = Megabytes();
  ports::SharedSnapshot shared;
  shared.agents = ports::ShareAgents(mesos::DecodeAgents(answer).value().agents);
  times.agents_memory = Megabytes() - before;
  before = Megabytes();
  controller::PortLedger ledger({});
  Fill(snapshot, false, ledger);
  times.ledger_memory = Megabytes() - before;
  controller::PortLedger selecting({});
  Fill(snapshot, true, selecting);
  shared.holders = ledger.Holders();
  const informer::Store<kube::Node> no_nodes;
  ports::SharedSnapshot without_nodes = shared;
  without_nodes.agents = controller::AgentLabels().Apply(shared.agents, no_nodes);
  for (int run = 0; run < kRuns; ++run) {
    Ask(Evaluate(shared, size, times), times);
    EvaluateInSteps(without_nodes, selecting, times.without_nodes, times);
    EvaluateInSteps(shared, selecting, times.selecting, times);
    EvaluateInSteps(shared, ledger, times.controller, times);
    times.decoding.Begin();
    times.sink += mesos::DecodeAgents(answer).value().agents.size();
    times.decoding.End();
  }
  std::printf("an answer of %.1f MB\n", static_cast<double>(answer.size()) / 1e6);
  Print(size, times);
  return 0;
}
