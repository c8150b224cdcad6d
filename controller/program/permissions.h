// The permissions that the program needs at the API server.

#ifndef K8SM_CONTROLLER_PROGRAM_PERMISSIONS_H_
#define K8SM_CONTROLLER_PROGRAM_PERMISSIONS_H_

#include "controller/program/options.h"
#include "lib/client/server_capabilities.h"
#include "lib/kube_json/review.h"

#include <string_view>
#include <vector>

namespace k8sm::controller {

struct Permission {
  kube_json::ResourceAttributes attributes;
  std::string_view purpose;  // a literal: "cache"
  // False if everything is published without it: what is lost then is a report or a check, or it is needed
  // only with an admission plugin that few clusters have.
  bool needed = true;
};

// Returns what the program uses with these options and this server, grouped by resource: for a dry run, the
// lists and watches only. With the defaults and a current server it is what deploy/kustomize/base grants.
std::vector<Permission> NeededPermissions(const Options& options, const client::ServerCapabilities& server);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_PERMISSIONS_H_
