#include "controller/reconcile/controller.h"

#include <cstddef>
#include <utility>

namespace k8sm::controller {
namespace {

// How often -once tries a service: conflicts with other writers are over by then.
constexpr std::size_t kOnceTries = 8;

}  // namespace

SyncLoopOptions SyncLoopOptionsFor(const Options& options, std::string what) {
  SyncLoopOptions loop_options{.what = std::move(what), .concurrency = options.concurrent_endpoint_syncs};
  if (options.once) loop_options.max_tries = kOnceTries;
  return loop_options;
}

}  // namespace k8sm::controller
