// Lets requests in that show a known token or a client certificate.

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

// Reads Kubernetes' static token file: a line `token,user,uid,"group1,group2"` each, the groups optional.
// kMalformed, naming the line.
Result<Tokens> ParseTokens(std::string_view csv);

class Authenticator {
 public:
  // From now on only those with one of these tokens, or with a good client certificate, are let in.
  void SetTokens(Tokens tokens);

  // From now on a client certificate or a token is asked for.
  void RequireUser() { required_ = true; }

  // Who the request comes from; nothing: nobody that is let in. Where neither tokens nor certificates are
  // asked for, anybody is "system:anonymous".
  std::optional<User> UserOf(const Request& request) const;

 private:
  Tokens tokens_;
  bool required_ = false;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_AUTHENTICATOR_H_
