// Authenticates requests by bearer token or client certificate.

#ifndef K8SM_TEST_APISERVER_AUTHENTICATOR_H_
#define K8SM_TEST_APISERVER_AUTHENTICATOR_H_

#include "lib/base/error.h"
#include "test/apiserver/http_message.h"
#include "test/apiserver/user.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::apiserver {

// Users by their bearer tokens.
using Tokens = std::map<std::string, User, std::less<>>;

// Parses Kubernetes' static token file: lines of `token,user,uid,"group1,group2"`, the groups optional.
// Errors: kMalformed, naming the line.
Result<Tokens> ParseTokens(std::string_view csv);

// Admits everybody until tokens are set or a user is required.
class Authenticator {
 public:
  // Replaces the accepted tokens. From now on a request needs one of them or a valid client certificate.
  void SetTokens(Tokens tokens);

  // From now on a request needs a client certificate or a token.
  void RequireUser() { required_ = true; }

  // Returns the user of the request; nullopt if it is not admitted. If no credentials are required, the user
  // is "system:anonymous".
  std::optional<User> UserOf(const Request& request) const;

 private:
  Tokens tokens_;
  bool required_ = false;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_AUTHENTICATOR_H_
