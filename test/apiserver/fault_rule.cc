#include "test/apiserver/fault_rule.h"

#include "test/apiserver/json.h"

#include <array>
#include <functional>
#include <map>
#include <utility>

namespace k8sm::apiserver {
namespace {

constexpr std::array<std::string_view, 19> kEffects = {
    "refuse",       "cut",       "reset",   "stall",       "garbage",   "endlessHeader", "delay",
    "trickle",      "status",    "answer",  "contentType", "truncate",  "compact",       "noBookmarks",
    "noInitialEnd", "duplicate", "reorder", "past",        "errorEvent"};

using Setter = std::function<bool(const Json& value, FaultRule& rule)>;

template <class T>
Setter Text(T FaultRule::*member) {
  return [member](const Json& value, FaultRule& rule) {
    if (!value.IsString()) return false;
    rule.*member = value.GetString();
    return true;
  };
}

template <class T>
Setter Number(T FaultRule::*member) {
  return [member](const Json& value, FaultRule& rule) {
    if (!value.IsUint()) return false;
    rule.*member = T(value.GetUint());
    return true;
  };
}

bool SetEffect(const Json& value, FaultRule& rule) {
  if (!value.IsString()) return false;
  for (std::size_t i = 0; i < kEffects.size(); ++i) {
    if (kEffects[i] != value.GetString()) continue;
    rule.effect = FaultEffect(i);
    return true;
  }
  return false;
}

bool SetProbability(const Json& value, FaultRule& rule) {
  if (!value.IsNumber()) return false;
  rule.probability = value.GetDouble();
  return rule.probability >= 0 && rule.probability <= 1;
}

bool SetCarriedOut(const Json& value, FaultRule& rule) {
  if (!value.IsBool()) return false;
  rule.carried_out = value.GetBool();
  return true;
}

const std::map<std::string_view, Setter>& Setters() {
  static const std::map<std::string_view, Setter> setters = {
      {"effect", SetEffect},
      {"verb", Text(&FaultRule::verb)},
      {"resource", Text(&FaultRule::resource)},
      {"path", Text(&FaultRule::path)},
      {"query", Text(&FaultRule::query)},
      {"userAgent", Text(&FaultRule::user_agent)},
      {"skip", Number(&FaultRule::skip)},
      {"times", Number(&FaultRule::times)},
      {"probability", SetProbability},
      {"seed", Number(&FaultRule::seed)},
      {"carriedOut", SetCarriedOut},
      {"afterBytes", Number(&FaultRule::after_bytes)},
      {"afterEvents", Number(&FaultRule::after_events)},
      {"bytes", Number(&FaultRule::bytes)},
      {"ms", Number(&FaultRule::ms)},
      {"code", Number(&FaultRule::code)},
      {"retryAfter", Number(&FaultRule::retry_after)},
      {"contentType", Text(&FaultRule::content_type)},
      {"text", Text(&FaultRule::text)},
  };
  return setters;
}

// Returns why the combination of members is invalid; empty if it is valid.
std::string_view Contradiction(const FaultRule& rule) {
  const bool needs_code = rule.effect == FaultEffect::kStatus || rule.effect == FaultEffect::kErrorEvent;
  if (needs_code && (rule.code < 400 || rule.code > 599)) return "wants a \"code\" from 400 to 599";
  if (rule.effect == FaultEffect::kContentType && rule.content_type.empty()) return "wants a \"contentType\"";
  if (rule.effect == FaultEffect::kTrickle && rule.bytes == 0) return "wants at least one of \"bytes\"";
  if (!rule.CarriedOut() && rule.after_bytes > 0)
    return "has no answer to send bytes of, since it is not carried out";
  return "";
}

Result<FaultRule> ParseRule(const Json& json, const std::string& name) {
  if (!json.IsObject()) return Error{Errc::kMalformed, name + " is no object"};
  if (!Find(json, "effect")) return Error{Errc::kMalformed, name + " has no \"effect\""};
  FaultRule rule;
  for (const auto& member : json.GetObject()) {
    const std::string key = member.name.GetString();
    const auto setter = Setters().find(key);
    if (setter == Setters().end())
      return Error{Errc::kMalformed, name + ": no member \"" + key + "\" is known"};
    if (!setter->second(member.value, rule)) {
      return Error{Errc::kMalformed, name + ": \"" + key + "\" cannot be " + ToText(member.value)};
    }
  }
  const std::string_view contradiction = Contradiction(rule);
  if (!contradiction.empty()) return Error{Errc::kMalformed, name + " " + std::string(contradiction)};
  return rule;
}

}  // namespace

std::string_view ToString(FaultEffect effect) {
  return kEffects[static_cast<std::size_t>(effect)];
}

bool FaultRule::CarriedOut() const {
  return carried_out.value_or(effect != FaultEffect::kStatus && effect != FaultEffect::kAnswer);
}

Result<std::vector<FaultRule>> ParseFaults(std::string_view json) {
  const Result<JsonDocument> document = ParseJson(json);
  if (!document) return Error{Errc::kMalformed, "faults: " + document.error().message};
  if (!document->IsArray()) return Error{Errc::kMalformed, "faults: not an array of rules"};
  std::vector<FaultRule> rules;
  for (const auto& element : document->GetArray()) {
    Result<FaultRule> rule = ParseRule(element, "faults[" + std::to_string(rules.size()) + "]");
    if (!rule) return rule.error();
    rules.push_back(std::move(*rule));
  }
  return rules;
}

}  // namespace k8sm::apiserver
