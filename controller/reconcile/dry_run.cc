#include "controller/reconcile/dry_run.h"

#include "controller/reconcile/dry_run_json.h"
#include "controller/reconcile/fingerprint.h"

#include <utility>

namespace k8sm::controller {
namespace {

using kube::Endpoints;
using kube::EndpointSlice;
using kube::ObjectKey;

ObjectKey PublishedFor(const Endpoints& endpoints) {
  return endpoints.meta.Key();
}

ObjectKey PublishedFor(const EndpointSlice& slice) {
  return kube::ServiceOf(slice).value_or(ObjectKey{});
}

std::size_t FingerprintOf(const Endpoints& endpoints) {
  return Fingerprint(&endpoints);
}

std::size_t FingerprintOf(const EndpointSlice& slice) {
  const EndpointSlice* const one[] = {&slice};
  return Fingerprint(one);
}

}  // namespace

DryRun::DryRun(const informer::Store<Endpoints>& endpoints, const informer::Store<EndpointSlice>& slices,
               std::ostream& out, ReportFormat format)
    : endpoints_writer_(endpoints, out, format), slices_writer_(slices, out, format) {}

template <class T>
Awaitable<Result<void>> DryRun::KindWriter<T>::Settle(ObjectKey service) {
  const auto known = services_.find(service);
  if (known == services_.end()) co_return Result<void>();
  known->second.last = std::exchange(known->second.current, {});
  if (known->second.last.empty()) services_.erase(known);
  co_return Result<void>();
}

template <class T>
Awaitable<Result<T>> DryRun::KindWriter<T>::Write(T wanted) {
  Want(cache_.Find(wanted.meta.Key()), &wanted);
  co_return wanted;
}

template <class T>
Awaitable<Result<void>> DryRun::KindWriter<T>::Delete(T gone) {
  Want(&gone, nullptr);
  co_return Result<void>();
}

template <class T>
void DryRun::KindWriter<T>::Want(const T* before, const T* after) {
  const T& object = after != nullptr ? *after : *before;
  ChangeReport report = DescribeChange(before, after);
  Change change{.operation = before == nullptr  ? Operation::kCreate
                             : after == nullptr ? Operation::kDelete
                                                : Operation::kUpdate,
                .fingerprint = FingerprintOf(object),
                .counts = report.counts,
                .json = format_ == ReportFormat::kJson ? ChangeJson(before, after, report) : ""};
  std::string name(object.meta.name.get());
  if (name.empty()) name = "/" + std::to_string(change.fingerprint);  // "/" cannot occur in a name

  Plans& plans = services_[PublishedFor(object)];
  const auto last = plans.last.find(name);
  const bool is_new = last == plans.last.end() || last->second.operation != change.operation ||
                      last->second.fingerprint != change.fingerprint;
  plans.current.insert_or_assign(std::move(name), std::move(change));
  if (is_new && format_ == ReportFormat::kText) out_ << report.text << std::flush;
}

template <class T>
std::size_t DryRun::KindWriter<T>::Count(Operation operation) const {
  std::size_t count = 0;
  for (const auto& [service, plans] : services_) {
    for (const auto& [name, change] : plans.current) count += change.operation == operation ? 1 : 0;
  }
  return count;
}

template <class T>
ChangeCounts DryRun::KindWriter<T>::Totals() const {
  ChangeCounts totals;
  for (const auto& [service, plans] : services_) {
    for (const auto& [name, change] : plans.current) {
      totals.added += change.counts.added;
      totals.removed += change.counts.removed;
      totals.moved += change.counts.moved;
      totals.toggled += change.counts.toggled;
    }
  }
  return totals;
}

template <class T>
std::map<ObjectKey, std::vector<std::string>> DryRun::KindWriter<T>::Json() const {
  std::map<ObjectKey, std::vector<std::string>> json;
  for (const auto& [service, plans] : services_) {
    for (const auto& [name, change] : plans.current) json[service].push_back(change.json);
  }
  return json;
}

// Without the closing brace.
template <class T>
std::string DryRun::CountJson(const KindWriter<T>& writer) {
  return "{\"created\":" + std::to_string(writer.Count(Operation::kCreate)) +
         ",\"updated\":" + std::to_string(writer.Count(Operation::kUpdate)) +
         ",\"deleted\":" + std::to_string(writer.Count(Operation::kDelete));
}

template <class T>
std::string DryRun::CountText(const KindWriter<T>& writer, const std::string& kind) {
  const std::size_t created = writer.Count(Operation::kCreate);
  const std::size_t updated = writer.Count(Operation::kUpdate);
  const std::size_t deleted = writer.Count(Operation::kDelete);
  if (created + updated + deleted == 0) return "No " + kind + " would change";
  return std::to_string(created + updated + deleted) + " " + kind + " would change (" +
         std::to_string(created) + " created, " + std::to_string(updated) + " updated, " +
         std::to_string(deleted) + " deleted)";
}

std::string DryRun::Summary(bool with_slices) const {
  std::string text = CountText(endpoints_writer_, "Endpoints");
  if (!text.starts_with("No ")) {
    const ChangeCounts totals = endpoints_writer_.Totals();
    text += "; addresses: " + std::to_string(totals.added) + " added, " + std::to_string(totals.removed) +
            " removed, " + std::to_string(totals.moved) + " moved, " + std::to_string(totals.toggled) +
            " changed in readiness alone";
  }
  text += ".\n";
  if (with_slices) text += CountText(slices_writer_, "EndpointSlices") + ".\n";
  return text;
}

std::string DryRun::Json(bool with_slices, const std::vector<std::string>& skipped,
                         const std::vector<std::string>& without_endpoints) const {
  const auto array = [](const std::vector<std::string>& elements) {
    std::string text = "[";
    for (const std::string& each : elements) text.append(text.size() > 1 ? ",\n" : "").append(each);
    return text + "]";
  };
  std::map<ObjectKey, std::vector<std::string>> by_service = endpoints_writer_.Json();
  for (auto& [service, changes] : slices_writer_.Json()) {
    std::vector<std::string>& all = by_service[service];
    all.insert(all.end(), changes.begin(), changes.end());
  }
  std::vector<std::string> changes;
  for (const auto& [service, of_service] : by_service)
    changes.insert(changes.end(), of_service.begin(), of_service.end());

  const ChangeCounts totals = endpoints_writer_.Totals();
  std::string text = "{\"endpoints\":" + CountJson(endpoints_writer_) +
                     ",\"addresses\":{\"added\":" + std::to_string(totals.added) +
                     ",\"removed\":" + std::to_string(totals.removed) +
                     ",\"moved\":" + std::to_string(totals.moved) +
                     ",\"readiness\":" + std::to_string(totals.toggled) + "}}";
  text += ",\"endpointSlices\":" + (with_slices ? CountJson(slices_writer_) + "}" : "null");
  return text + ",\n\"changes\":" + array(changes) + ",\n\"skipped\":" + array(skipped) +
         ",\n\"servicesWithoutEndpoints\":" + array(without_endpoints) + "}\n";
}

template class DryRun::KindWriter<Endpoints>;
template class DryRun::KindWriter<EndpointSlice>;

}  // namespace k8sm::controller
