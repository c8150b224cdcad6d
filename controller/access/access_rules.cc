#include "controller/access/access_rules.h"

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstddef>

namespace k8sm::controller {
namespace {

constexpr std::string_view kEveryoneWithCredentials = "system:authenticated";

char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), ToLower);
  return lower;
}

// Removes the port: "[::1]:10252" becomes "::1".
std::string_view WithoutPort(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  const std::size_t colon = host.find(':');
  return colon == host.rfind(':') ? host.substr(0, colon) : host;
}

}  // namespace

bool IsOpenPath(const std::vector<std::string>& patterns, std::string_view path) {
  return std::ranges::any_of(patterns, [path](std::string_view pattern) {
    if (!pattern.ends_with("/*")) return path == pattern;
    return path.starts_with(pattern.substr(0, pattern.size() - 1));
  });
}

std::string VerbOf(std::string_view method) {
  return Lower(method);
}

std::optional<std::string_view> BearerTokenOf(std::string_view authorization) {
  const std::size_t space = authorization.find(' ');
  if (space == std::string_view::npos || Lower(authorization.substr(0, space)) != "bearer")
    return std::nullopt;
  std::string_view token = authorization.substr(space + 1);
  token = token.substr(0, token.find(' '));
  if (token.empty()) return std::nullopt;
  return token;
}

bool IsToken(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

kube::UserInfo AnonymousUser() {
  return {.name = "system:anonymous", .uid = {}, .groups = {"system:unauthenticated"}, .extra = {}};
}

kube::UserInfo UserOf(const http_server::ClientCertificate& certificate) {
  kube::UserInfo user{
      .name = certificate.common_name, .uid = {}, .groups = certificate.organizations, .extra = {}};
  if (std::ranges::find(user.groups, kEveryoneWithCredentials) == user.groups.end()) {
    user.groups.emplace_back(kEveryoneWithCredentials);
  }
  return user;
}

bool IsLocalHost(std::string_view host) {
  const std::string name = Lower(WithoutPort(host));
  if (host.empty() || name == "localhost") return true;
  boost::system::error_code error;
  boost::asio::ip::make_address(name, error);
  return !error;
}

}  // namespace k8sm::controller
