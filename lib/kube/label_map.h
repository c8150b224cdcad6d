// Labels, annotations and selectors.

#ifndef K8SM_LIB_KUBE_LABEL_MAP_H_
#define K8SM_LIB_KUBE_LABEL_MAP_H_

#include "lib/kube/symbol.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::kube {

struct Label {
  Symbol key;
  Symbol value;
  friend bool operator==(const Label&, const Label&) = default;
};

// A small map from string to string, ordered by key, in one allocation. Equality is that of the contents.
class LabelMap {
 public:
  LabelMap() = default;
  LabelMap(std::initializer_list<Label> labels);

  // The value, or null where there is no such key; valid until the map changes.
  const std::string* Find(std::string_view key) const;
  void Set(Symbol key, Symbol value);
  void Erase(std::string_view key);

  bool empty() const { return labels_.empty(); }
  std::size_t size() const { return labels_.size(); }
  auto begin() const { return labels_.begin(); }
  auto end() const { return labels_.end(); }

  friend bool operator==(const LabelMap&, const LabelMap&) = default;

 private:
  std::vector<Label> labels_;
};

// Whether an object with these labels is selected: each of the selector's pairs stands among them. An empty
// selector selects nothing, as in a Service.
bool Matches(const LabelMap& selector, const LabelMap& labels);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_LABEL_MAP_H_
