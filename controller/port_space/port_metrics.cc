#include "controller/port_space/port_metrics.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::controller {
namespace {

using metrics::Registry;
using metrics::Sample;
using ports::CellState;
using ports::Verdict;
using std::chrono::steady_clock;

using FromReport = std::function<std::vector<Sample>(const PortReport& report)>;

// Before the first evaluation there are no samples.
void ReadFrom(const PortWatch& watch, Registry& registry, const std::string& name, const std::string& help,
              FromReport read) {
  registry.ReadGauge(name, help, [&watch, read = std::move(read)] {
    const auto& report = watch.report();
    return report ? read(*report) : std::vector<Sample>();
  });
}

std::vector<Sample> One(double value) {
  return {{value, {}}};
}

Sample Labelled(double value, const std::string& label, std::string_view text) {
  return {value, {{label, std::string(text)}}};
}

// Node ports count as free, and ports that no role offers are no part of the space.
std::vector<Sample> PortsByState(const PortReport& report) {
  const auto of = [&](CellState state) {
    return static_cast<double>(report.cells[static_cast<std::size_t>(state)]);
  };
  std::vector<Sample> samples{Labelled(static_cast<double>(report.free), "state", "free")};
  for (const CellState state : {CellState::kPod, CellState::kLeaving, CellState::kForeign,
                                CellState::kUnaccounted, CellState::kOtherRole, CellState::kClash})
    samples.push_back(Labelled(of(state), "state", ToString(state)));
  return samples;
}

void AddSpaceMetrics(const PortWatch& watch, Registry& registry) {
  ReadFrom(watch, registry, "k8sm_ports", "Host ports of all agents, by state.", PortsByState);
  ReadFrom(watch, registry, "k8sm_ports_offered", "Host ports that agents offer to the framework's roles.",
           [](const PortReport& report) { return One(static_cast<double>(report.offered)); });
  ReadFrom(watch, registry, "k8sm_ports_agents", "Mesos agents, by state; those without ports are active.",
           [](const PortReport& report) {
             return std::vector<Sample>{
                 Labelled(static_cast<double>(report.active_agents), "state", "active"),
                 Labelled(static_cast<double>(report.inactive_agents), "state", "inactive"),
                 Labelled(static_cast<double>(report.agents_without_ports), "state", "no_ports")};
           });
  ReadFrom(watch, registry, "k8sm_ports_agents_low", "Active agents that are short of host ports.",
           [](const PortReport& report) { return One(static_cast<double>(report.low_agents)); });
  ReadFrom(watch, registry, "k8sm_ports_agent_free_min", "Free host ports of the agent that has the fewest.",
           [](const PortReport& report) {
             return report.free_minimum ? One(*report.free_minimum) : std::vector<Sample>();
           });
}

void AddFindingMetrics(const PortWatch& watch, Registry& registry) {
  ReadFrom(
      watch, registry, "k8sm_ports_pods",
      "Pods without a node that request host ports, by whether there is room as far as ports go.",
      [](const PortReport& report) {
        std::vector<Sample> samples;
        for (const Verdict verdict : {Verdict::kFits, Verdict::kNotNow, Verdict::kNever, Verdict::kUnknown})
          samples.push_back(Labelled(static_cast<double>(report.pods[static_cast<std::size_t>(verdict)]),
                                     "verdict", ToString(verdict)));
        return samples;
      });
  ReadFrom(watch, registry, "k8sm_ports_demands_no_spare",
           "Workloads whose pods all run, but have no room for one more.",
           [](const PortReport& report) { return One(static_cast<double>(report.demands_without_spare)); });
  ReadFrom(watch, registry, "k8sm_ports_clashes",
           "Pairs of pods that hold one host port of an agent; of kind bind, one of them cannot listen.",
           [](const PortReport& report) {
             return std::vector<Sample>{
                 Labelled(static_cast<double>(report.clash_counts[1]), "kind", "bind"),
                 Labelled(static_cast<double>(report.clash_counts[0]), "kind", "number")};
           });
}

void AddMesosMetrics(PortWatch& watch, Registry& registry) {
  ReadFrom(watch, registry, "k8sm_mesos_snapshot_complete",
           "Whether the list of agents is complete: 1, else 0.",
           [](const PortReport& report) { return One(report.space.complete() ? 1 : 0); });
  registry.ReadGauge("k8sm_mesos_snapshot_age_seconds",
                     "Seconds since agents were last read from Mesos; before that, since the start.",
                     [&watch, start = steady_clock::now()] {
                       const auto at = watch.report() ? watch.report()->polled_at : start;
                       return One(std::chrono::duration<double>(steady_clock::now() - at).count());
                     });
  registry.ReadCounter("k8sm_mesos_polls_total", "Polls of the Mesos masters, by result.", [&watch] {
    using mesos::PollOutcome;
    std::vector<Sample> samples;
    for (const PollOutcome outcome :
         {PollOutcome::kOk, PollOutcome::kPartial, PollOutcome::kUnreachable, PollOutcome::kNoLeader,
          PollOutcome::kUnauthorized, PollOutcome::kMalformed})
      samples.push_back(Labelled(static_cast<double>(watch.polls(outcome)), "result", ToString(outcome)));
    return samples;
  });
  prometheus::Histogram& duration =
      registry.Histogram("k8sm_mesos_poll_duration_seconds", "Duration of a poll of the Mesos masters.",
                         metrics::ExponentialBuckets(0.005, 2, 14));
  watch.SetObserver([&duration](mesos::PollOutcome, std::chrono::duration<double> took) {
    duration.Observe(took.count());
  });
}

}  // namespace

void AddPortMetrics(PortWatch& watch, metrics::Registry& registry) {
  AddSpaceMetrics(watch, registry);
  AddFindingMetrics(watch, registry);
  AddMesosMetrics(watch, registry);
}

}  // namespace k8sm::controller
