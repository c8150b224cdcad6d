#include "controller/ports_program/checker.h"

#include "controller/ports_program/findings_of.h"
#include "lib/base/count.h"
#include "lib/ports/doubts.h"
#include "lib/ports/sentence.h"
#include "lib/ports/suggest.h"
#include "lib/ports/together.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace k8sm::ports_program {
namespace {

using ports::Port;
using ports::Together;

// How many overcommitted ports are told of.
constexpr int kMaxOvercommits = 20;
// How many of the workloads that do not fit together are named.
constexpr std::size_t kMaxNames = 20;

// A workload of a manifest, with what has been found out about it.
struct Item {
  std::size_t file = 0;  // the index of its manifest
  const manifest::Workload* workload = nullptr;
  std::string ns;
  Subject subject;
  ports::Plan plan;
  std::vector<Finding> findings;
};

Port NumberOf(const ports::PodSpec& spec, std::size_t index) {
  const ports::DeclaredPort& port = spec.ports[index];
  return port.host_port == 0 && spec.host_network ? port.container_port : port.host_port;
}

// Where the ports in question are declared: the first of them, or, of one that is declared twice, the second.
std::size_t LineOf(const manifest::Workload& workload, const Finding& finding) {
  const bool repeated = finding.rule == "port-duplicate";
  std::set<Port> seen;
  for (std::size_t i = 0; i < workload.places.size(); ++i) {
    const Port port = NumberOf(workload.spec, i);
    const bool asked = std::find(finding.ports.begin(), finding.ports.end(), port) != finding.ports.end();
    if (asked && (!repeated || !seen.insert(port).second)) return workload.places[i].line;
  }
  return workload.places.empty() ? workload.line : workload.places.front().line;
}

class Check {
 public:
  Check(const std::vector<NamedManifest>& manifests, const State* state, const Options& options)
      : manifests_(manifests), state_(state), options_(options) {
    finding_options_ = {options.reserve, options.strict, options.avoid | ports::PortsOfK8sm()};
  }

  CheckResult Run() {
    CollectItems();
    AvoidPortsOfOthers();
    for (Item& item : items_) CheckAlone(item);
    if (state_ != nullptr) {
      CheckTogether(ports::Basis::kOffer);
      CheckTogether(ports::Basis::kFree);
    }
    CheckNodePorts();
    TakeFindings();
    result_.files = manifests_.size();
    result_.unknown =
        result_.unknown || state_ == nullptr || !state_->space.known() || state_->space.agents().empty();
    return std::move(result_);
  }

 private:
  void CollectItems() {
    for (std::size_t file = 0; file < manifests_.size(); ++file) {
      for (const manifest::Workload& workload : manifests_[file].manifest.workloads) {
        Item item{.file = file, .workload = &workload};
        item.ns = workload.ns.empty() ? options_.default_namespace : workload.ns;
        item.subject = SubjectOf(workload, item.ns);
        const ports::Demand& demand = item.subject.workload.demand;
        if (!demand.wants_ports() && demand.doubled.empty()) continue;
        result_.workloads.push_back(
            {manifests_[file].file, workload.line, workload.kind, item.ns, workload.name});
        items_.push_back(std::move(item));
      }
    }
  }

  Subject SubjectOf(const manifest::Workload& workload, const std::string& ns) const {
    Subject subject;
    subject.workload.demand = DemandOf(workload.spec, options_.rules);
    subject.workload.one_per_agent = !workload.replicas.has_value();
    subject.workload.rollout = workload.rollout;
    subject.has_max_unavailable = workload.kind != "ReplicationController";
    if (workload.replicas) {
      subject.workload.replicas = *workload.replicas;
    } else {
      subject.workload.replicas =
          state_ != nullptr ? DaemonReplicas(state_->space, subject.workload.demand) : 0;
    }
    for (const Port port : subject.workload.demand.doubled) {
      std::vector<kube::Protocol>& protocols = subject.doubled_protocols.emplace_back();
      for (std::size_t i = 0; i < workload.places.size(); ++i) {
        if (NumberOf(workload.spec, i) == port) protocols.push_back(workload.places[i].protocol);
      }
    }
    if (state_ != nullptr) FindOwnPods(workload, ns, subject);
    return subject;
  }

  void FindOwnPods(const manifest::Workload& workload, const std::string& ns, Subject& subject) const {
    for (std::size_t i = 0; i < state_->cluster.pods.size(); ++i) {
      const ClusterPod& pod = state_->cluster.pods[i];
      if (pod.ended || pod.holder.ns.get() != ns) continue;
      const bool own =
          workload.kind == "Pod" ? pod.holder.name.get() == workload.name : Selects(workload.own, pod.labels);
      // One that is bound to no node yet does not keep a rollout from going on.
      if (!own || !state_->holder_of[i]) continue;
      ++subject.workload.own_pods;
      subject.workload.own.push_back(*state_->holder_of[i]);
    }
  }

  // What other workloads have, in these files or live, is not suggested.
  void AvoidPortsOfOthers() {
    std::vector<Port> declared;
    for (const Item& item : items_) {
      for (const Port port : item.subject.workload.demand.fixed.Ports()) declared.push_back(port);
    }
    if (state_ != nullptr) {
      finding_options_.avoid = finding_options_.avoid | state_->declared;
    }
    for (const NamedManifest& named : manifests_) {
      for (const manifest::NodePort& port : named.manifest.node_ports) declared.push_back(port.port);
    }
    finding_options_.avoid = finding_options_.avoid | ports::PortSet::OfPorts(std::move(declared));
  }

  void CheckAlone(Item& item) {
    SubjectFindings found = state_ != nullptr ? FindingsOf(state_->space, item.subject, finding_options_)
                                              : FindingsWithoutAgents(item.subject);
    item.plan = found.plan;
    // What is not known about a finding that is ignored does not matter.
    const bool matters =
        found.findings.empty() || std::ranges::any_of(found.findings, [&](const Finding& finding) {
          return !IsIgnored(finding, item);
        });
    result_.unknown = result_.unknown || (found.unknown && matters);
    for (Finding& finding : found.findings) {
      DoNotSuggestAgain(finding);
      Attach(std::move(finding), item);
    }
  }

  static bool IsIgnored(const Finding& finding, const Item& item) {
    return std::ranges::find(item.workload->ignored_rules, finding.rule) !=
           item.workload->ignored_rules.end();
  }

  // What is suggested to one workload is not free for the next.
  void DoNotSuggestAgain(const Finding& finding) {
    finding_options_.avoid = finding_options_.avoid | ports::PortSet::OfPorts(finding.suggestion);
  }

  void Attach(Finding finding, Item& item) const {
    finding.file = manifests_[item.file].file;
    finding.line = LineOf(*item.workload, finding);
    finding.kind = item.workload->kind;
    finding.ns = item.ns;
    finding.name = item.workload->name;
    item.findings.push_back(std::move(finding));
  }

  // Those that fit alone; of a workload that stands in several files, the last.
  std::vector<Item*> FittingAlone(ports::Basis basis) {
    std::map<std::tuple<std::string, std::string, std::string>, Item*> by_name;
    for (Item& item : items_) by_name[{item.workload->kind, item.ns, item.workload->name}] = &item;
    std::vector<Item*> fitting;
    for (Item& item : items_) {
      if (by_name[{item.workload->kind, item.ns, item.workload->name}] != &item) continue;
      const ports::Headroom& room = basis == ports::Basis::kOffer ? item.plan.ceiling : item.plan.capacity;
      const auto& workload = item.subject.workload;
      const bool left_out = overcommitted_.contains(&item);
      if (workload.demand.doubled.empty() && room.AtLeast(workload.replicas) && !left_out)
        fitting.push_back(&item);
    }
    return fitting;
  }

  void CheckTogether(ports::Basis basis) {
    std::vector<ports::HolderIndex> own;
    if (basis == ports::Basis::kFree) own = OwnOfAll();
    for (int round = 0; round < kMaxOvercommits; ++round) {
      const std::vector<Item*> fitting = FittingAlone(basis);
      if (fitting.size() < 2) return;
      std::vector<ports::Load> loads;
      loads.reserve(fitting.size());
      for (const Item* item : fitting) {
        const ports::WorkloadDemand& workload = item->subject.workload;
        loads.push_back({workload.demand, workload.replicas, workload.one_per_agent});
      }
      const Together together = FitTogether(state_->space, loads, {.basis = basis, .without = own});
      if (together.answer == Together::Answer::kFits) return;
      if (together.answer == Together::Answer::kUnknown) {
        if (basis == ports::Basis::kFree && !loads.empty()) AddUnsure(together, fitting);
        return;
      }
      // Of too few ports altogether, one of the workloads is told; which to leave out is for the user to say.
      const bool too_few = together.ports.empty();
      if (too_few && std::exchange(too_few_told_, true)) return;
      AddOvercommit(together, basis, fitting);
      if (too_few) return;
    }
  }

  std::vector<ports::HolderIndex> OwnOfAll() const {
    std::vector<ports::HolderIndex> own;
    for (const Item& item : items_) {
      own.insert(own.end(), item.subject.workload.own.begin(), item.subject.workload.own.end());
    }
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
    return own;
  }

  static std::string NamesOf(const Together& together, const std::vector<Item*>& fitting) {
    std::string names;
    for (std::size_t i = 0; i < together.loads.size(); ++i) {
      const std::size_t load = together.loads[i];
      if (i == kMaxNames) return names + " and " + Count(together.loads.size() - i, "more workload");
      names.append(names.empty() ? "" : ", ").append(fitting[load]->ns).append("/");
      names.append(fitting[load]->workload->name);
    }
    return names;
  }

  // Whether the workloads cannot be placed together whichever agents come to match.
  bool IsCertain(const Together& together, const std::vector<Item*>& fitting) const {
    std::vector<ports::Load> loads;
    for (const std::size_t load : together.loads) {
      const ports::WorkloadDemand& workload = fitting[load]->subject.workload;
      loads.push_back({workload.demand, workload.replicas, workload.one_per_agent});
    }
    return state_->space.known() &&
           FitTogether(state_->space, loads, {.basis = ports::Basis::kOfferEver}).answer ==
               Together::Answer::kDoesNotFit;
  }

  // The doubt of the first workload that has one.
  std::string DoubtOfAny(const Together& together, const std::vector<Item*>& fitting) const {
    for (const std::size_t load : together.loads) {
      std::string doubt = DoubtOf(state_->space, fitting[load]->subject.workload.demand);
      if (!doubt.empty()) return doubt;
    }
    return "";
  }

  static std::string Wants(const Together& together, ports::Basis basis) {
    const bool now = basis == ports::Basis::kFree;
    if (together.ports.empty())
      return " want " + Count(together.wanted, "port") + ", but the agents that they can run on " +
             (now ? "have only " : "offer only ") + std::to_string(together.placed) + (now ? " free." : ".");
    return " want " + ports::ListOf(together.ports) + " " + std::to_string(together.wanted) +
           " times, but only " + Count(together.placed, "agent") +
           (now ? " can give it now." : " can ever give it.");
  }

  // Told at the last of the workloads, which is then left out, so that what else is wrong shows too.
  void AddOvercommit(const Together& together, ports::Basis basis, const std::vector<Item*>& fitting) {
    Item& last = *fitting[together.loads.back()];
    overcommitted_.insert(&last);
    Finding finding;
    finding.rule = "port-joint-overcommit";
    finding.level = basis == ports::Basis::kFree ? Level::kWarning : Level::kError;
    finding.ports = together.ports;
    finding.plan = last.plan;
    finding.message = NamesOf(together, fitting) + Wants(together, basis);
    if (basis == ports::Basis::kOffer && !IsCertain(together, fitting)) {
      finding.level = Level::kNote;
      finding.message += " Not certain: " + DoubtOfAny(together, fitting) + ".";
      result_.unknown = result_.unknown || !IsIgnored(finding, last);
    }
    if (together.ports.empty()) return Attach(std::move(finding), last);
    const ports::Judgement one_port{
        .verdict = ports::Verdict::kNever, .why = ports::Why::kOutsideOffers, .ports = together.ports};
    const ports::Demand& demand = last.subject.workload.demand;
    if (const auto instead = SuggestInstead(state_->space, demand, one_port, last.subject.workload.replicas,
                                            finding_options_.avoid)) {
      finding.suggestion = instead->ports;
      finding.message += " " + Advice(*instead, state_->space.CountEligible(demand)) + " for " + last.ns +
                         "/" + last.workload->name + ".";
    }
    Attach(std::move(finding), last);
  }

  void AddUnsure(const Together& together, const std::vector<Item*>& fitting) {
    Item& item = together.loads.empty() ? *fitting.back() : *fitting[together.loads.front()];
    Finding finding;
    finding.rule = "port-joint-overcommit";
    finding.level = Level::kWarning;
    finding.ports = item.subject.workload.demand.fixed.Ports();
    finding.plan = item.plan;
    finding.message =
        "no way was found to place all these workloads together; there may be one. Use ports that more "
        "agents have free.";
    if (together.loads.empty()) {
      finding.level = Level::kNote;
      finding.message = "whether all these workloads fit together is not known: " + together.witness + ".";
    }
    Attach(std::move(finding), item);
  }

  void CheckNodePorts() {
    std::map<Port, std::string> node_ports;
    if (state_ != nullptr) node_ports = state_->cluster.node_ports;
    for (const NamedManifest& named : manifests_) {
      for (const manifest::NodePort& port : named.manifest.node_ports) {
        node_ports[port.port] = (port.ns.empty() ? options_.default_namespace : port.ns) + "/" + port.service;
      }
    }
    for (Item& item : items_) {
      for (const Port port : item.subject.workload.demand.fixed.Ports()) {
        const auto found = node_ports.find(port);
        if (found != node_ports.end()) AddOverlap(port, found->second, item);
      }
    }
    if (state_ != nullptr) CheckServices();
  }

  void AddOverlap(Port port, const std::string& service, Item& item) const {
    Finding finding;
    finding.rule = "port-node-port-overlap";
    finding.level = Level::kWarning;
    finding.ports = {port};
    finding.plan = item.plan;
    finding.message = std::to_string(port) + " is the node port of Service " + service +
                      ", which takes it over on every node. Take another port for one of them.";
    Attach(std::move(finding), item);
  }

  // Node ports of the files that live pods have as host ports.
  void CheckServices() {
    const ports::PortSet in_use = PortsInUse(state_->space);
    for (const NamedManifest& named : manifests_) {
      for (const manifest::NodePort& port : named.manifest.node_ports) {
        if (!in_use.Contains(port.port)) continue;
        Finding finding;
        finding.rule = "port-node-port-overlap";
        finding.level = Level::kWarning;
        finding.file = named.file;
        finding.line = port.line;
        finding.kind = "Service";
        finding.ns = port.ns.empty() ? options_.default_namespace : port.ns;
        finding.name = port.service;
        finding.ports = {port.port};
        finding.message = "node port " + std::to_string(port.port) +
                          " is a host port of live pods, and takes it over on every node. Take another port.";
        service_findings_.push_back(std::move(finding));
      }
    }
  }

  void TakeFindings() {
    for (Item& item : items_) {
      for (Finding& finding : item.findings) {
        if (!IsIgnored(finding, item)) result_.findings.push_back(std::move(finding));
      }
    }
    for (Finding& finding : service_findings_) result_.findings.push_back(std::move(finding));
  }

  const std::vector<NamedManifest>& manifests_;
  const State* state_;
  const Options& options_;
  FindingOptions finding_options_;
  std::vector<Item> items_;
  std::set<const Item*> overcommitted_;
  bool too_few_told_ = false;
  std::vector<Finding> service_findings_;
  CheckResult result_;
};

}  // namespace

CheckResult CheckManifests(const std::vector<NamedManifest>& manifests, const State* state,
                           const Options& options) {
  return Check(manifests, state, options).Run();
}

}  // namespace k8sm::ports_program
