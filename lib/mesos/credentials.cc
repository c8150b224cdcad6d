#include "lib/mesos/credentials.h"

#include "lib/client/config/base64.h"
#include "lib/kube_json/field.h"
#include "lib/kube_json/parse.h"

#include <algorithm>
#include <utility>

namespace k8sm::mesos {
namespace {

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

Result<Credentials> ParseJson(std::string_view text) {
  const auto tree = kube_json::Parse(text, kube_json::Excerpts::kNone);
  if (!tree) return Invalid(tree.error().message);
  kube_json::Problem problem;
  const kube_json::Field root(**tree, problem);
  Credentials credentials{std::string(root.Member("principal").String()),
                          std::string(root.Member("secret").String())};
  if (!problem.empty()) return Invalid(std::move(problem));
  return credentials;
}

bool HasControlCharacters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

}  // namespace

Result<Credentials> ParseCredentials(std::string_view text) {
  text = Trim(text);
  Credentials credentials;
  if (text.starts_with('{')) {
    auto read = ParseJson(text);
    if (!read) return read;
    credentials = *std::move(read);
  } else {
    const std::size_t line = text.find('\n');
    const std::size_t end = line != std::string_view::npos ? line : std::min(text.find(' '), text.size());
    credentials.principal = std::string(Trim(text.substr(0, end)));
    credentials.secret = std::string(Trim(text.substr(end)));
    if (credentials.secret.find('\n') != std::string::npos)
      return Invalid("holds more than a principal and a secret");
  }
  if (credentials.principal.empty()) return Invalid("names no principal");
  if (credentials.secret.empty()) return Invalid("holds no secret");
  if (HasControlCharacters(credentials.principal) || HasControlCharacters(credentials.secret))
    return Invalid("has a principal or a secret with a control character");
  if (credentials.principal.find(':') != std::string::npos) return Invalid("has a principal with a colon");
  return credentials;
}

std::string BasicAuthorization(const Credentials& credentials) {
  return "Basic " + client::EncodeBase64(credentials.principal + ":" + credentials.secret);
}

}  // namespace k8sm::mesos
