// Checked access to YAML with line and path in errors. Internal to lib/manifest: exposes yaml-cpp.

#ifndef K8SM_LIB_MANIFEST_YAML_FIELD_H_
#define K8SM_LIB_MANIFEST_YAML_FIELD_H_

#include "lib/kube/label_map.h"

#include <yaml-cpp/node/node.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::manifest {

// State shared while reading one text.
struct Reading {
  std::string problem;  // the first problem: "line 3: spec.replicas: expected a number"; empty: none
  std::size_t values_left =
      200'000;  // limit on the values read, because aliases can make a small text expand without bound
};

// A position in the tree and its value, if any; null counts as absent. Reading an absent value returns an
// empty one. Reading a value of another type does so, too, and records the problem. `reading` must outlive
// the field.
class YamlField {
 public:
  YamlField(YAML::Node node, Reading& reading) : YamlField(std::move(node), "", 0, reading) {}

  YamlField(const YamlField&) = default;
  YamlField(YamlField&&) = default;
  // Deleted, because assigning a YAML::Node modifies the tree.
  YamlField& operator=(const YamlField&) = delete;

  bool present() const { return node_.has_value(); }
  bool IsMap() const { return present() && node_->IsMap(); }
  std::size_t line() const { return line_; }  // counted from 1; for an absent value that of its parent

  // Returns the member of a map: the last one of that name, else one from a merge key "<<". Of the maps that
  // the key lists, the first one counts.
  YamlField Member(std::string_view name) const;
  std::vector<YamlField> Elements() const;

  // Returns a scalar of any type as text.
  std::string String() const;
  // Returns an unquoted whole number from `least` to `most`, in any notation of YAML 1.1; nullopt if absent.
  std::optional<std::int64_t> Int(std::int64_t least, std::int64_t most, std::string_view expected) const;
  bool Bool() const;
  // Returns the map, with the entries of merge keys as Member() finds them.
  kube::LabelMap Labels() const;
  // Whether the value is text that does not look like a number, or is quoted.
  bool IsText() const;

  // Records that the value is not what was expected.
  void Refuse(std::string_view expected) const;

 private:
  YamlField(YAML::Node node, std::string path, std::size_t parent_line, Reading& reading);

  bool Spend() const;
  std::optional<YAML::Node> Find(const YAML::Node& map, std::string_view name, int depth) const;
  std::vector<YAML::Node> MapsOf(const YAML::Node& merged) const;
  void AddLabels(const YAML::Node& map, int depth, kube::LabelMap& labels) const;
  YamlField Absent(std::string path) const;

  std::optional<YAML::Node> node_;
  std::string path_;
  std::size_t line_;
  Reading* reading_;
};

}  // namespace k8sm::manifest

#endif  // K8SM_LIB_MANIFEST_YAML_FIELD_H_
