#include "test/apiserver/authenticator.h"

#include <utility>
#include <vector>

namespace k8sm::apiserver {
namespace {

constexpr std::string_view kBearer = "Bearer ";

// Splits a CSV line; quoted fields may contain commas.
std::vector<std::string> Fields(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

}  // namespace

Result<Tokens> ParseTokens(std::string_view csv) {
  Tokens tokens;
  for (int number = 1; !csv.empty(); ++number) {
    const std::size_t end = csv.find('\n');
    std::string_view line = csv.substr(0, end);
    csv = end == csv.npos ? std::string_view() : csv.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const std::vector<std::string> fields = Fields(line);
    if (fields.size() < 3 || fields.size() > 4 || fields[0].empty() || fields[1].empty()) {
      return Error{Errc::kMalformed,
                   "tokens, line " + std::to_string(number) + ": want token,user,uid[,\"group,...\"]"};
    }
    User user{fields[1], {}};
    if (fields.size() == 4) user.groups = Fields(fields[3]);
    tokens.insert_or_assign(fields[0], std::move(user));
  }
  return tokens;
}

void Authenticator::SetTokens(Tokens tokens) {
  tokens_ = std::move(tokens);
  required_ = true;
}

std::optional<User> Authenticator::UserOf(const Request& request) const {
  if (request.certificate_user) return request.certificate_user;
  if (!required_) return User{"system:anonymous", {"system:unauthenticated"}};
  const std::string_view authorization = request.authorization;
  if (!authorization.starts_with(kBearer)) return std::nullopt;
  const auto found = tokens_.find(authorization.substr(kBearer.size()));
  if (found == tokens_.end()) return std::nullopt;
  return found->second;
}

}  // namespace k8sm::apiserver
