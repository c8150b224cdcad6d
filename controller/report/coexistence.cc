#include "controller/report/coexistence.h"

#include "lib/base/printable.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_meta.h"

#include <algorithm>
#include <string_view>

namespace k8sm::controller {
namespace {

using kube::EndpointSlice;
using kube::ObjectKey;

constexpr std::string_view kUpstreamFlag =
    "start kube-controller-manager with --controllers=*,-endpoints-controller,-endpointslice-controller";

// Returns the field manager of the last write; empty if that is this program or unknown.
std::string OtherFieldManager(const kube::ObjectMeta& meta) {
  const std::string_view name = meta.field_manager.get();
  return std::string(name == endpoints::kManager ? "" : name);
}

// Returns the managed-by label; empty if there is none.
std::string ManagerOf(const EndpointSlice& slice) {
  const kube::Symbol* manager = slice.meta.labels.Find(endpoints::kSliceManagedByLabel);
  return std::string(manager != nullptr ? manager->get() : "");
}

std::string Describe(const std::set<std::string>& managers) {
  std::string text;
  for (const std::string& manager : managers) {
    if (!text.empty()) text += ", ";
    text += manager.empty() ? "an unnamed controller" : Quoted(manager);
  }
  return text;
}

// Returns e.g. "service shop/web: some of its EndpointSlices".
std::string Subject(const Rewrite& rewrite) {
  return "service " + ToString(rewrite.service) +
         (rewrite.lack == Lack::kSome ? ": some of its " : ": its ") + rewrite.what;
}

}  // namespace

std::string WriterOf(const kube::Endpoints& endpoints) {
  const kube::Symbol* manager = endpoints.meta.labels.Find(endpoints::kManagedByLabel);
  if (manager != nullptr && *manager != endpoints::kManager) return std::string(manager->get());
  return OtherFieldManager(endpoints.meta);
}

std::string WriterOf(std::span<const EndpointSlice* const> slices) {
  for (const EndpointSlice* slice : slices) {
    if (!endpoints::IsOurs(*slice)) continue;
    std::string name = OtherFieldManager(slice->meta);
    if (!name.empty()) return name;
  }
  return "";
}

std::string DescribeRewrite(const Rewrite& rewrite) {
  const std::string found = Subject(rewrite);
  if (rewrite.lack != Lack::kNone) {
    return found +
           " no longer exist: somebody deleted them, or the API server was restored without them; writing "
           "them again";
  }
  return found + " were changed by " + (rewrite.writer.empty() ? "another writer" : Quoted(rewrite.writer)) +
         "; writing them again";
}

std::string DescribeRewrites(const Rewrite& rewrite, std::chrono::seconds write_interval) {
  const std::string found = Subject(rewrite);
  const std::string pace =
      "; until that ends, writes are at least " + std::to_string(write_interval.count()) + " s apart: ";
  if (rewrite.lack != Lack::kNone)
    return found + " are deleted again and again" + pace + "stop what deletes them";
  const std::string& writer = rewrite.writer;
  const std::string by = writer.empty() ? "another writer, which gives no name of its own" : Quoted(writer);
  const std::string remedy =
      writer.empty()
          ? "stop what edits them; if it is another installation of this program, run only one of them"
          : "stop the other writer; if it is Kubernetes' own controller, " + std::string(kUpstreamFlag);
  return found + " are rewritten again and again by " + by + pace + remedy;
}

std::optional<LogLine> ForeignSliceLog::Update(const ObjectKey& service,
                                               std::span<const EndpointSlice* const> slices) {
  std::set<std::string> managers;
  for (const EndpointSlice* slice : slices) {
    if (!endpoints::IsOurs(*slice)) managers.insert(ManagerOf(*slice));
  }
  const auto told = told_.find(service);
  if (managers.empty()) {
    if (told == told_.end()) return std::nullopt;
    told_.erase(told);
    return LogLine{LogLine::Level::kInfo,
                   "service " + ToString(service) + " no longer has EndpointSlices of other controllers"};
  }
  if (told != told_.end() && std::ranges::includes(told->second, managers)) return std::nullopt;

  LogLine line{
      LogLine::Level::kWarning,
      "service " + ToString(service) + " also has EndpointSlices of other controllers, managed by " +
          Describe(managers) + ": kube-proxy mixes their addresses with ours; if it is Kubernetes' " +
          "own controller, " + std::string(kUpstreamFlag) +
          " and, once this program has written its own, delete what it has left: " +
          "kubectl delete endpointslices -n " + service.ns + " -l kubernetes.io/service-name=" +
          service.name + ",endpointslice.kubernetes.io/managed-by!=" + std::string(endpoints::kManager)};
  told_[service].merge(std::move(managers));
  return line;
}

}  // namespace k8sm::controller
