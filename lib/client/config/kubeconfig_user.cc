#include "lib/client/config/kubeconfig_user.h"

#include "lib/client/config/credential_file.h"
#include "lib/client/config/pem.h"

#include <algorithm>
#include <string>
#include <utility>

namespace k8sm::client {
namespace {

Result<void> ReadClientCertificate(const KubeconfigEntry& user, RestConfig& config) {
  auto cert = user.FileOrData("client-certificate");
  if (!cert) return cert.error();
  auto key = user.FileOrData("client-key");
  if (!key) return key.error();
  if (cert->bytes.empty() && key->bytes.empty()) return {};
  if (key->bytes.empty()) return user.Invalid(cert->field, "has no client-key or client-key-data beside it");
  if (cert->bytes.empty())
    return user.Invalid(key->field, "has no client-certificate or client-certificate-data beside it");

  if (const std::string why = WhyNoCertificates(cert->bytes); !why.empty())
    return user.Invalid(cert->field, why);
  if (const std::string why = WhyUnusable(cert->bytes); !why.empty()) return user.Invalid(cert->field, why);
  if (const std::string why = WhyNoPrivateKey(key->bytes); !why.empty()) return user.Invalid(key->field, why);
  if (const std::string why = WhyNoPair(cert->bytes, key->bytes); !why.empty())
    return user.Invalid(key->field, why);
  config.client_cert_pem = std::move(cert->bytes);
  config.client_cert_file = std::move(cert->path);
  config.client_key_pem = std::move(key->bytes);
  config.client_key_file = std::move(key->path);
  return {};
}

// tokenFile takes precedence over token.
Result<void> ReadToken(const KubeconfigEntry& user, RestConfig& config) {
  auto path = user.Path("tokenFile");
  if (!path) return path.error();
  if (!path->empty()) {
    auto token = ReadTokenFile(*path);
    if (!token) return user.Invalid("tokenFile", token.error().message);
    config.token = std::move(*token);
    config.token_file = std::move(*path);
    return {};
  }
  auto token = user.Text("token");
  if (!token) return token.error();
  if (const std::string why = WhyNoToken(*token); !why.empty()) return user.Invalid("token", why);
  config.token = std::move(*token);
  return {};
}

Result<void> ReadBasic(const KubeconfigEntry& user, RestConfig& config) {
  auto username = user.Text("username");
  if (!username) return username.error();
  auto password = user.Text("password");
  if (!password) return password.error();
  if (!config.token.empty() && !(username->empty() && password->empty()))
    return user.Invalid(user.Has("tokenFile") ? "tokenFile" : "token",
                        "is set together with username or password; use one of them");
  config.username = std::move(*username);
  config.password = std::move(*password);
  return {};
}

// Whether the text is a valid HTTP header value (RFC 9110, section 5.5).
bool IsHeaderValue(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c >= ' ' && c != 0x7f) || c == '\t'; });
}

bool AreHeaderValues(const std::vector<std::string>& texts) {
  return std::all_of(texts.begin(), texts.end(), IsHeaderValue);
}

Result<void> ReadExtra(const KubeconfigEntry& user, Impersonation& impersonate) {
  const auto extra = user.Map("as-user-extra");
  if (!extra) return extra.error();
  if (!*extra) return {};
  for (const std::string& key : (*extra)->Fields()) {
    if (key.empty()) return user.Invalid("as-user-extra", "has a key that is not text");
    auto values = (*extra)->Texts(key);
    if (!values) return values.error();
    if (!AreHeaderValues(*values))
      return (*extra)->Invalid(key, "holds characters that are not allowed in a header");
    impersonate.extra.emplace_back(key, std::move(*values));
  }
  return {};
}

Result<void> ReadImpersonation(const KubeconfigEntry& user, Impersonation& impersonate) {
  auto name = user.Text("as");
  if (!name) return name.error();
  auto uid = user.Text("as-uid");
  if (!uid) return uid.error();
  auto groups = user.Texts("as-groups");
  if (!groups) return groups.error();
  for (const char* field : {"as-uid", "as-groups", "as-user-extra"}) {
    if (name->empty() && user.Has(field)) return user.Invalid(field, "is set without as");
  }
  if (!IsHeaderValue(*name)) return user.Invalid("as", "holds characters that are not allowed in a header");
  if (!IsHeaderValue(*uid))
    return user.Invalid("as-uid", "holds characters that are not allowed in a header");
  if (!AreHeaderValues(*groups))
    return user.Invalid("as-groups", "holds characters that are not allowed in a header");
  impersonate.user = std::move(*name);
  impersonate.uid = std::move(*uid);
  impersonate.groups = std::move(*groups);
  return ReadExtra(user, impersonate);
}

}  // namespace

Result<void> ReadUser(const KubeconfigEntry& user, RestConfig& config) {
  if (auto read = ReadClientCertificate(user, config); !read) return read;
  if (auto read = ReadToken(user, config); !read) return read;
  if (auto read = ReadBasic(user, config); !read) return read;
  return ReadImpersonation(user, config.impersonate);
}

}  // namespace k8sm::client
