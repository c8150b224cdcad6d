#include "lib/manifest/yaml_field.h"

#include "lib/base/printable.h"
#include "lib/kube/symbol.h"
#include "lib/manifest/yaml_int.h"

#include <yaml-cpp/yaml.h>

#include <utility>

namespace k8sm::manifest {
namespace {

constexpr std::size_t kMaxPath = 300;
constexpr int kMaxMerges = 10;

// yaml-cpp reports the tag "!" for quoted scalars.
bool IsQuoted(const YAML::Node& scalar) {
  return scalar.Tag() == "!";
}

bool HoldsNothing(const YAML::Node& node) {
  if (!node.IsDefined() || node.IsNull()) return true;
  if (!node.IsScalar() || IsQuoted(node)) return false;
  const std::string& text = node.Scalar();
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

}  // namespace

YamlField::YamlField(YAML::Node node, std::string path, std::size_t parent_line, Reading& reading)
    : path_(std::move(path)), line_(parent_line), reading_(&reading) {
  if (HoldsNothing(node)) return;
  if (node.Mark().line >= 0) line_ = static_cast<std::size_t>(node.Mark().line) + 1;
  node_ = std::move(node);
}

bool YamlField::Spend() const {
  if (reading_->values_left == 0) {
    if (reading_->problem.empty()) reading_->problem = "more than 200,000 values, aliases followed";
    return false;
  }
  --reading_->values_left;
  return true;
}

void YamlField::Refuse(std::string_view expected) const {
  if (!reading_->problem.empty()) return;
  reading_->problem = "line " + std::to_string(line_) + ": " +
                      (path_.empty() ? "" : Printable(path_, kMaxPath) + ": ") + "expected " +
                      std::string(expected);
}

YamlField YamlField::Absent(std::string path) const {
  return {YAML::Node(), std::move(path), line_, *reading_};
}

std::optional<YAML::Node> YamlField::Find(const YAML::Node& map, std::string_view name, int depth) const {
  std::optional<YAML::Node> found;
  std::optional<YAML::Node> merged;
  for (const auto& entry : map) {
    if (!Spend()) return std::nullopt;
    if (!entry.first.IsScalar()) continue;
    const std::string& key = entry.first.Scalar();
    if (key == name) found.emplace(entry.second);
    if (key == "<<" && depth < kMaxMerges) merged.emplace(entry.second);
  }
  if (found || !merged) return found;
  for (const YAML::Node& each : MapsOf(*merged)) {
    if (auto inherited = Find(each, name, depth + 1)) return inherited;
  }
  return found;
}

// The maps that the value of a merge key names: itself, or those in a list, of which earlier ones win.
std::vector<YAML::Node> YamlField::MapsOf(const YAML::Node& merged) const {
  std::vector<YAML::Node> maps;
  if (merged.IsMap()) maps.push_back(merged);
  if (!merged.IsSequence()) return maps;
  for (const YAML::Node& each : merged) {
    if (!Spend()) break;
    if (each.IsMap()) maps.push_back(each);
  }
  return maps;
}

YamlField YamlField::Member(std::string_view name) const {
  std::string path = path_.empty() ? std::string(name) : path_ + "." + std::string(name);
  if (!present()) return Absent(std::move(path));
  if (!node_->IsMap()) {
    Refuse("a map");
    return Absent(std::move(path));
  }
  auto found = Find(*node_, name, 0);
  if (!found) return Absent(std::move(path));
  return {*std::move(found), std::move(path), line_, *reading_};
}

std::vector<YamlField> YamlField::Elements() const {
  std::vector<YamlField> elements;
  if (!present()) return elements;
  if (!node_->IsSequence()) {
    Refuse("a list");
    return elements;
  }
  for (const YAML::Node& element : *node_) {
    if (!Spend()) break;
    elements.push_back({element, path_ + "[" + std::to_string(elements.size()) + "]", line_, *reading_});
  }
  return elements;
}

std::string YamlField::String() const {
  if (!present()) return "";
  if (node_->IsScalar()) return node_->Scalar();
  Refuse("a string");
  return "";
}

bool YamlField::IsText() const {
  return present() && node_->IsScalar() && (IsQuoted(*node_) || !ParseYamlInt(node_->Scalar()));
}

std::optional<std::int64_t> YamlField::Int(std::int64_t least, std::int64_t most,
                                           std::string_view expected) const {
  if (!present()) return std::nullopt;
  std::optional<std::int64_t> number;
  if (node_->IsScalar() && !IsQuoted(*node_)) number = ParseYamlInt(node_->Scalar());
  if (number && *number >= least && *number <= most) return number;
  Refuse(expected);
  return std::nullopt;
}

bool YamlField::Bool() const {
  if (!present()) return false;
  const std::string text = String();
  const bool quoted = node_->IsScalar() && IsQuoted(*node_);
  for (const char* yes : {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}) {
    if (!quoted && text == yes) return true;
  }
  for (const char* no : {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}) {
    if (!quoted && text == no) return false;
  }
  Refuse("true or false");
  return false;
}

kube::LabelMap YamlField::Labels() const {
  kube::LabelMap labels;
  if (!present()) return labels;
  if (node_->IsMap()) {
    AddLabels(*node_, 0, labels);
  } else {
    Refuse("a map");
  }
  return labels;
}

// Adds the entries of a map, and then those of its merge key, whose keys `labels` does not have yet.
void YamlField::AddLabels(const YAML::Node& map, int depth, kube::LabelMap& labels) const {
  kube::LabelMap added;
  std::optional<YAML::Node> merged;
  for (const auto& entry : map) {
    if (!Spend()) return;
    if (!entry.first.IsScalar()) continue;
    const std::string& key = entry.first.Scalar();
    if (key == "<<") {
      if (depth < kMaxMerges) merged.emplace(entry.second);
    } else if (labels.Find(key) == nullptr) {
      const YamlField value(entry.second, path_ + "." + key, line_, *reading_);
      added.Set(kube::Symbol(key), kube::Symbol(value.String()));
    }
  }
  for (const kube::Label& label : added) labels.Set(label.key, label.value);
  if (!merged) return;
  for (const YAML::Node& each : MapsOf(*merged)) AddLabels(each, depth + 1, labels);
}

}  // namespace k8sm::manifest
