#include "controller/reconcile/dry_run_endpoints_writer.h"

#include <utility>

namespace k8sm::controller {

using kube::Endpoints;
using kube::ObjectKey;

DryRunEndpointsWriter::DryRunEndpointsWriter(const informer::Store<Endpoints>& cache, std::ostream& out)
    : cache_(cache), out_(out) {}

Awaitable<Result<void>> DryRunEndpointsWriter::Write(Endpoints wanted) {
  const ObjectKey key = wanted.meta.Key();
  Print(key, cache_.Find(key), &wanted);
  co_return Result<void>();
}

Awaitable<Result<void>> DryRunEndpointsWriter::Delete(Endpoints gone) {
  Print(gone.meta.Key(), &gone, nullptr);
  co_return Result<void>();
}

void DryRunEndpointsWriter::Print(const ObjectKey& key, const Endpoints* before, const Endpoints* after) {
  ChangeReport report = DescribeChange(before, after);
  std::string& printed = printed_[key];
  if (printed == report.text) return;
  out_ << report.text << std::flush;
  printed = std::move(report.text);
  ++(before == nullptr ? created_ : after == nullptr ? deleted_ : updated_);
  totals_.added += report.counts.added;
  totals_.removed += report.counts.removed;
  totals_.moved += report.counts.moved;
  totals_.toggled += report.counts.toggled;
}

std::string DryRunEndpointsWriter::Summary() const {
  const std::size_t changes = created_ + updated_ + deleted_;
  if (changes == 0) return "No Endpoints would change.";
  return std::to_string(changes) + " Endpoints would change (" + std::to_string(created_) + " created, " +
         std::to_string(updated_) + " updated, " + std::to_string(deleted_) +
         " deleted); addresses: " + std::to_string(totals_.added) + " added, " +
         std::to_string(totals_.removed) + " removed, " + std::to_string(totals_.moved) + " moved, " +
         std::to_string(totals_.toggled) + " changed in readiness alone.";
}

}  // namespace k8sm::controller
