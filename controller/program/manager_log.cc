// What the manager says of itself.

#include "controller/ops/ops_port.h"
#include "controller/program/manager.h"
#include "controller/program/number_texts.h"
#include "controller/program/part_options.h"
#include "lib/base/host_port.h"
#include "lib/base/printable.h"
#include "lib/base/version.h"

#include <glog/logging.h>

#include <chrono>
#include <string>
#include <string_view>

namespace k8sm::controller {
namespace {

std::string_view Describe(endpoints::AddressMode mode) {
  return mode == endpoints::AddressMode::kHostPort ? "Creating hostIP:hostPort endpoint controller"
                                                   : "Creating podIP:containerPort endpoint controller";
}

}  // namespace

void Manager::LogStart() const {
  for (const std::string& warning : OpsWarningsFor(options_)) LOG(WARNING) << warning;
  LOG(INFO) << Describe(options_.mode) << (options_.dry_run ? " (dry run: nothing is written)" : "")
            << ", version " << kVersion << ", for " << client_->config().Url()
            << (elector_ ? ", as " + elector_->identity() : std::string());
  if (!ops_server_) return;
  LOG(INFO) << "serving health, metrics and debug pages on "
            << (IsHttps(OpsPortOptionsFor(options_)) ? "https" : "http") << "://"
            << HostPort(options_.address, ops_server_->port());
}

void Manager::LogSync(std::chrono::duration<double> took) const {
  LOG(INFO) << "caches synced: " << CountText(cache_.services().size(), "service") << ", "
            << CountText(cache_.pods().size(), "pod") << " in " << TimeText(took);
}

void Manager::LogFirstSync(std::chrono::duration<double> took) const {
  LOG(INFO) << "first sync of every service done in " << TimeText(took) << ": " << DescribeSyncs();
}

std::string Manager::DescribeSyncs() const {
  const SkipLog& skips = controller_.reconciler().skips();
  std::string text = skips.Summary();
  if (skips.any()) text += std::string("; see the warnings") + (ops_server_ ? " and /debug/skipped" : "");
  const std::string empty = controller_.reconciler().empty_services().Summary();
  if (!empty.empty()) text += "; " + empty + (ops_server_ ? "; see /debug/services" : "");
  return text;
}

std::string Manager::DescribeRole() const {
  if (!elector_) return "this process needs no lease";
  if (elector_->leading()) return "this process is the leader";
  return elector_->leader().empty()
             ? "this process is a standby; it knows of no leader"
             : "this process is a standby; the leader is " + Printable(elector_->leader());
}

void Manager::LogLoss() const {
  LOG(ERROR) << "leaderelection lost: " << elector_->lease() << ": " << elector_->WhyLost()
             << "; nothing is written any more, and the process ends";
}

void Manager::LogNotLed() const {
  std::string cause = "nobody is known to hold it";
  std::string remedy;
  if (const auto& trouble = elector_->trouble()) {
    cause = ToString(*trouble);
    remedy = elector_->Advice(*trouble);
  } else if (!elector_->leader().empty()) {
    cause = "held by " + Printable(elector_->leader());
    remedy = "; stop that process";
  }
  if (!remedy.empty()) remedy += ", or set -leader_elect=false if no other process writes";
  LOG(ERROR) << "timed out waiting for lease " << elector_->lease() << ": " << cause << remedy;
}

void Manager::LogSuperseded() const {
  LOG(ERROR)
      << "the leader election has moved from Endpoints " << elector_->lease()
      << " to the lease of that name: the process ends; with -leader_elect_resource_lock=auto the next "
         "start uses the lease";
}

}  // namespace k8sm::controller
