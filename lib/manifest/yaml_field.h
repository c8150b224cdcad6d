// Checked reading of YAML: every access knows its line and path. Internal to the room: this header shows
// yaml-cpp.

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

// What the reading of one text has in common.
struct Reading {
  std::string
      problem;  // the first thing that is wrong: "line 3: spec.replicas: expected a number"; empty: nothing
  std::size_t values_left = 200'000;  // that may still be looked at: aliases may make a small text endless
};

// A value, or the place where one would stand; null counts as none. Reading what is absent gives the empty
// value; reading what has another type does too, and notes the problem. The reading has to outlive it.
class YamlField {
 public:
  YamlField(YAML::Node node, Reading& reading) : YamlField(std::move(node), "", 0, reading) {}

  YamlField(const YamlField&) = default;
  YamlField(YamlField&&) = default;
  // yaml-cpp's assignment changes the tree.
  YamlField& operator=(const YamlField&) = delete;

  bool present() const { return node_.has_value(); }
  bool IsMap() const { return present() && node_->IsMap(); }
  std::size_t line() const { return line_; }  // from 1; of what is absent, that of its parent

  // Of a map, the last of that name, or else one that a merge key "<<" brings.
  YamlField Member(std::string_view name) const;
  std::vector<YamlField> Elements() const;

  // A scalar, whichever it is.
  std::string String() const;
  // A plain number in decimal; nothing where it is absent.
  std::optional<std::int64_t> Int(std::int64_t least, std::int64_t most, std::string_view expected) const;
  bool Bool() const;
  kube::LabelMap Labels() const;
  // Whether it is a quoted or plain text that is no number.
  bool IsText() const;

  // Notes that the value is not what it has to be.
  void Refuse(std::string_view expected) const;

 private:
  YamlField(YAML::Node node, std::string path, std::size_t parent_line, Reading& reading);

  bool Spend() const;
  std::optional<YAML::Node> Find(const YAML::Node& map, std::string_view name, int depth) const;
  YamlField Absent(std::string path) const;

  std::optional<YAML::Node> node_;
  std::string path_;
  std::size_t line_;
  Reading* reading_;
};

}  // namespace k8sm::manifest

#endif  // K8SM_LIB_MANIFEST_YAML_FIELD_H_
