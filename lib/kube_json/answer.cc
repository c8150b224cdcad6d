#include "lib/kube_json/answer.h"

#include "lib/kube_json/codec.h"

#include <optional>
#include <string>

namespace k8sm::kube_json {
namespace {

// Returns what is from `begin`, where it last occurs, to `end`.
std::string_view Part(std::string_view body, std::string_view begin, std::size_t end) {
  const auto at = body.rfind(begin, end);
  return at == std::string_view::npos ? std::string_view() : body.substr(at, end - at);
}

// The member with the addresses, and the comma before it. Quotes within strings are escaped, so that it is
// found nowhere else.
std::string_view AddressesIn(std::string_view body, const kube::Endpoints&) {
  return Part(body, ",\"subsets\":[", body.size() - 1);
}

std::string_view AddressesIn(std::string_view body, const kube::EndpointSlice&) {
  return Part(body, ",\"endpoints\":[", body.rfind(",\"ports\":["));
}

bool HasAddresses(const kube::Endpoints& endpoints) {
  return !endpoints.subsets.empty();
}

bool HasAddresses(const kube::EndpointSlice& slice) {
  return !slice.endpoints.empty();
}

void CopyAddresses(const kube::Endpoints& sent, kube::Endpoints& stored) {
  stored.subsets = sent.subsets;
}

void CopyAddresses(const kube::EndpointSlice& sent, kube::EndpointSlice& stored) {
  stored.endpoints = sent.endpoints;
  for (kube::SliceEndpoint& endpoint : stored.endpoints) endpoint.exact = true;
}

// Whether the beginning of a JSON object ends after one of its members, where a comma may follow.
bool EndsAfterMember(std::string_view json) {
  if (json.empty() || std::string_view(",:{[").find(json.back()) != std::string_view::npos) return false;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '\\') ++i;
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
  }
  return depth == 1 && !in_string;
}

// Whether a text may hold the addresses once more; of duplicate members the last counts.
bool MayHoldAddresses(std::string_view json) {
  for (const std::string_view sign : {"\\", "\"subsets\"", "\"endpoints\""})
    if (json.find(sign) != std::string_view::npos) return true;
  return false;
}

// Decodes the answer without the addresses; nullopt if it does not contain them as they were sent.
template <class T>
std::optional<T> DecodeRest(std::string_view answer, std::string_view addresses) {
  const auto at = addresses.empty() ? std::string_view::npos : answer.find(addresses);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view before = answer.substr(0, at);
  const std::string_view after = answer.substr(at + addresses.size());
  const bool member_ends = after.starts_with(',') || after.starts_with('}');
  if (!EndsAfterMember(before) || !member_ends || MayHoldAddresses(after)) return std::nullopt;
  auto rest = Decode<T>(std::string(before).append(after));
  if (!rest || HasAddresses(*rest)) return std::nullopt;
  return *std::move(rest);
}

template <class T>
Result<T> DecodeEither(std::string_view answer, const T& sent, std::string_view body) {
  auto rest = DecodeRest<T>(answer, AddressesIn(body, sent));
  if (!rest) return Decode<T>(answer);
  CopyAddresses(sent, *rest);
  return *std::move(rest);
}

}  // namespace

Result<kube::Endpoints> DecodeAnswer(std::string_view answer, const kube::Endpoints& sent,
                                     std::string_view body) {
  return DecodeEither(answer, sent, body);
}

Result<kube::EndpointSlice> DecodeAnswer(std::string_view answer, const kube::EndpointSlice& sent,
                                         std::string_view body) {
  return DecodeEither(answer, sent, body);
}

}  // namespace k8sm::kube_json
