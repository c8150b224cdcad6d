// The program's -check_permissions: which of the permissions that it needs are granted.

#ifndef K8SM_CONTROLLER_PROGRAM_PERMISSION_CHECK_H_
#define K8SM_CONTROLLER_PROGRAM_PERMISSION_CHECK_H_

#include "controller/program/options.h"
#include "controller/program/permissions.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"

#include <string>
#include <vector>

namespace k8sm::controller {

struct PermissionAnswer {
  Permission permission;
  bool allowed = false;
};

// Asks the API server for each permission with a SelfSubjectAccessReview. `client` must outlive it.
// Errors: those of ApiClient::Do and of discovery; kNotFound, with a message that says so, if the server does
// not serve these reviews (before 1.4, or without authorization).
Awaitable<Result<std::vector<PermissionAnswer>>> AskForPermissions(client::ApiClient& client,
                                                                   Options options);

// Asks, and prints the table on stdout, or the error on stderr. Returns the exit code: 0 if all that are
// needed are allowed, else 1. `client` must outlive it.
Awaitable<int> CheckPermissions(client::ApiClient& client, Options options);

// Returns a table with a row for each, and a line with the number of those that are missing. The missing ones
// come first, and of these the needed ones.
std::string PermissionTable(std::vector<PermissionAnswer> answers);

// Whether all that are needed are allowed.
bool AllNeededAllowed(const std::vector<PermissionAnswer>& answers);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_PERMISSION_CHECK_H_
