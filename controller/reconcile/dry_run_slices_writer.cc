#include "controller/reconcile/dry_run_slices_writer.h"

#include <algorithm>
#include <string_view>

namespace k8sm::controller {
namespace {

using kube::EndpointSlice;

// How many of a slice's addresses a line names.
constexpr std::size_t kNamed = 3;

std::string CountText(std::size_t endpoints) {
  return std::to_string(endpoints) + (endpoints == 1 ? " endpoint" : " endpoints");
}

// "IPv4 31020/TCP: 2 endpoints at 10.0.0.11, 10.0.0.12"
std::string Describe(const EndpointSlice& slice) {
  std::string text(slice.family ? kube::ToString(*slice.family) : "FQDN");
  std::string_view separator = " ";
  for (const kube::EndpointPort& port : slice.ports) {
    text.append(separator) += std::to_string(port.port) + "/" + std::string(kube::ToString(port.protocol));
    separator = ", ";
  }
  text += ": " + CountText(slice.endpoints.size());
  separator = " at ";
  const std::size_t named = std::min(slice.endpoints.size(), kNamed);
  for (std::size_t i = 0; i < named; ++i) {
    text.append(separator) += slice.endpoints[i].address.get();
    separator = ", ";
  }
  if (slice.endpoints.size() > named) text += " and others";
  return text;
}

}  // namespace

DryRunSlicesWriter::DryRunSlicesWriter(const informer::Store<EndpointSlice>& cache, std::ostream& out)
    : cache_(cache), out_(out) {}

Awaitable<Result<void>> DryRunSlicesWriter::Write(EndpointSlice wanted) {
  const bool is_new = wanted.meta.resource_version.empty();
  std::string line = is_new ? "create slice " + wanted.meta.ns.get() + "/" + wanted.generate_name + "* "
                            : "update slice " + ToString(wanted.meta.Key()) + " ";
  line += Describe(wanted);
  const EndpointSlice* before = cache_.Find(wanted.meta.Key());
  if (before != nullptr && before->endpoints.size() != wanted.endpoints.size()) {
    line += ", was " + CountText(before->endpoints.size());
  }
  if (Print(line)) ++(is_new ? created_ : updated_);
  co_return Result<void>();
}

Awaitable<Result<void>> DryRunSlicesWriter::Delete(EndpointSlice gone) {
  if (Print("delete slice " + ToString(gone.meta.Key()))) ++deleted_;
  co_return Result<void>();
}

bool DryRunSlicesWriter::Print(const std::string& line) {
  if (!printed_.insert(line).second) return false;
  out_ << line << "\n" << std::flush;
  return true;
}

std::string DryRunSlicesWriter::Summary() const {
  const std::size_t changes = created_ + updated_ + deleted_;
  if (changes == 0) return "No EndpointSlices would change.";
  return std::to_string(changes) + " EndpointSlices would change (" + std::to_string(created_) +
         " created, " + std::to_string(updated_) + " updated, " + std::to_string(deleted_) + " deleted).";
}

}  // namespace k8sm::controller
