// The rules of who is asked for what, as Kubernetes' components have them. Pure functions.

#ifndef K8SM_CONTROLLER_ACCESS_ACCESS_RULES_H_
#define K8SM_CONTROLLER_ACCESS_ACCESS_RULES_H_

#include "lib/http_server/tls.h"
#include "lib/kube/review.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::controller {

// Whether a path is open to everybody. A pattern is a path, or a prefix if it ends in "/*".
bool IsOpenPath(const std::vector<std::string>& patterns, std::string_view path);

// The verb of a request to a path that is no resource: the method in lower case, as in Kubernetes' own
// components (k8s.io/apiserver/pkg/endpoints/request), so that a PUT is "put" and a HEAD "head".
std::string VerbOf(std::string_view method);

// Returns the token of an Authorization header; nullopt if it names another scheme or no token, which counts
// as no credentials.
std::optional<std::string_view> BearerTokenOf(std::string_view authorization);

// Whether the text can be a token at all: visible ASCII characters.
bool IsToken(std::string_view text);

// The user of a request without credentials.
kube::UserInfo AnonymousUser();

// The user of a client certificate: the common name, in the groups that the organizations name.
kube::UserInfo UserOf(const http_server::ClientCertificate& certificate);

// Whether a Host header names this machine as seen from itself: localhost, an IP address, or nothing. A web
// page of another origin whose name was made to resolve to 127.0.0.1 (DNS rebinding) sends its own name.
bool IsLocalHost(std::string_view host);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_ACCESS_ACCESS_RULES_H_
