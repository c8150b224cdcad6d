#include "test/apiserver/selector.h"

#include "test/apiserver/format_checks.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace k8sm::apiserver {
namespace {

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Splits at commas outside parentheses and trims the parts.
std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ',';
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c != ',' || (depth > 0 && i < text.size())) continue;
    parts.push_back(Trim(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  return parts;
}

// Splits "key OP value" at the operator.
bool SplitAt(std::string_view text, std::string_view op, std::string_view& key, std::string_view& value) {
  const std::size_t at = text.find(op);
  if (at == text.npos) return false;
  key = Trim(text.substr(0, at));
  value = Trim(text.substr(at + op.size()));
  return true;
}

std::optional<long long> Number(std::string_view text) {
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool IsKey(std::string_view key) {
  FieldErrors errors;
  CheckQualifiedName(key, "", errors);
  return errors.empty();
}

}  // namespace

Outcome<Selector> Selector::Parse(const Resource& resource, std::string_view labels,
                                  std::string_view fields) {
  Selector selector;
  if (auto refused = selector.ParseLabels(labels)) return *refused;
  if (auto refused = selector.ParseFields(resource, fields)) return *refused;
  return selector;
}

std::optional<Status> Selector::ParseLabels(std::string_view text) {
  if (Trim(text).empty()) return std::nullopt;
  for (const std::string_view part : Split(text)) {
    std::optional<LabelRequirement> requirement = ParseLabel(part);
    if (!requirement || !IsKey(requirement->key)) {
      return BadRequest("unable to parse requirement: \"" + std::string(part) + "\"");
    }
    labels_.push_back(std::move(*requirement));
  }
  return std::nullopt;
}

std::optional<Selector::LabelRequirement> Selector::ParseLabel(std::string_view text) {
  std::string_view key, value;
  if (text.ends_with(')')) {
    const bool notin = SplitAt(text, " notin ", key, value) || SplitAt(text, " notin(", key, value);
    if (!notin && !SplitAt(text, " in ", key, value) && !SplitAt(text, " in(", key, value))
      return std::nullopt;
    if (value.starts_with('(')) value.remove_prefix(1);
    value.remove_suffix(1);
    LabelRequirement set{std::string(key), notin ? Operator::kNotIn : Operator::kIn, {}};
    for (const std::string_view one : Split(value)) set.values.emplace_back(one);
    return set;
  }
  const std::pair<std::string_view, Operator> kOperators[] = {{"!=", Operator::kNotIn},
                                                              {"==", Operator::kIn},
                                                              {"=", Operator::kIn},
                                                              {">", Operator::kGreater},
                                                              {"<", Operator::kLess}};
  for (const auto& [sign, op] : kOperators) {
    if (!SplitAt(text, sign, key, value)) continue;
    if ((op == Operator::kGreater || op == Operator::kLess) && !Number(value)) return std::nullopt;
    return LabelRequirement{std::string(key), op, {std::string(value)}};
  }
  if (text.starts_with('!'))
    return LabelRequirement{std::string(Trim(text.substr(1))), Operator::kNotExists, {}};
  return LabelRequirement{std::string(text), Operator::kExists, {}};
}

std::optional<Status> Selector::ParseFields(const Resource& resource, std::string_view text) {
  if (Trim(text).empty()) return std::nullopt;
  for (const std::string_view part : Split(text)) {
    if (part.empty()) continue;
    std::string_view path, value;
    const bool differs = SplitAt(part, "!=", path, value);
    if (!differs && !SplitAt(part, "==", path, value) && !SplitAt(part, "=", path, value)) {
      return BadRequest("invalid field selector: invalid selector: '" + std::string(text) +
                        "'; can't understand '" + std::string(part) + "'");
    }
    const auto& known = resource.selectable;
    const bool own = std::find(known.begin(), known.end(), path) != known.end();
    if (!own && path != "metadata.name" && !(path == "metadata.namespace" && resource.namespaced)) {
      return BadRequest("field label not supported: " + std::string(path));
    }
    fields_.push_back({std::string(path), std::string(value), !differs});
  }
  return std::nullopt;
}

void Selector::RequireName(std::string name) {
  fields_.push_back({"metadata.name", std::move(name), true});
}

bool Selector::Matches(const LabelRequirement& requirement, const Object& object) {
  const auto label = object.labels.find(requirement.key);
  const bool present = label != object.labels.end();
  const auto listed = [&] {
    return present && std::find(requirement.values.begin(), requirement.values.end(), label->second) !=
                          requirement.values.end();
  };
  switch (requirement.op) {
    case Operator::kIn:
      return listed();
    case Operator::kNotIn:
      return !listed();
    case Operator::kExists:
      return present;
    case Operator::kNotExists:
      return !present;
    case Operator::kGreater:
    case Operator::kLess:
      break;
  }
  const std::optional<long long> actual = present ? Number(label->second) : std::nullopt;
  const std::optional<long long> bound = Number(requirement.values.front());
  if (!actual || !bound) return false;
  return requirement.op == Operator::kGreater ? *actual > *bound : *actual < *bound;
}

bool Selector::Matches(const Object& object) const {
  for (const LabelRequirement& requirement : labels_) {
    if (!Matches(requirement, object)) return false;
  }
  for (const FieldRequirement& requirement : fields_) {
    std::string_view actual;
    if (requirement.path == "metadata.name") {
      actual = object.name;
    } else if (requirement.path == "metadata.namespace") {
      actual = object.ns;
    } else {
      const auto& known = object.resource->selectable;
      actual =
          object.fields[std::size_t(std::find(known.begin(), known.end(), requirement.path) - known.begin())];
    }
    if ((actual == requirement.value) != requirement.equal) return false;
  }
  return true;
}

}  // namespace k8sm::apiserver
