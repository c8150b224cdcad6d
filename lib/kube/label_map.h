// Labels, annotations and selectors.

#ifndef K8SM_LIB_KUBE_LABEL_MAP_H_
#define K8SM_LIB_KUBE_LABEL_MAP_H_

#include "lib/base/compact_vector.h"
#include "lib/kube/symbol.h"

#include <initializer_list>
#include <string_view>

namespace k8sm::kube {

// One entry of a LabelMap.
struct Label {
  Symbol key;
  Symbol value;
  friend bool operator==(const Label&, const Label&) = default;
};

// A small map from string to string, stored as one sorted vector. Compares by content.
class LabelMap {
 public:
  LabelMap() = default;
  // If a key occurs several times, the last value counts.
  LabelMap(std::initializer_list<Label> labels);

  // Returns the value, or null if the key is absent; valid until the map changes. Takes O(log n).
  const Symbol* Find(std::string_view key) const;
  // Inserts the pair, or replaces the value of an existing key.
  void Set(Symbol key, Symbol value);
  // Removes the key; does nothing if it is absent.
  void Erase(std::string_view key);

  bool empty() const { return labels_.empty(); }
  std::size_t size() const { return labels_.size(); }
  // Iterates over const Label& in the order of the keys.
  auto begin() const { return labels_.begin(); }
  auto end() const { return labels_.end(); }

  // See CompactVector::SharesWith().
  bool SharesWith(const LabelMap& other) const { return labels_.SharesWith(other.labels_); }
  friend bool operator==(const LabelMap&, const LabelMap&) = default;

 private:
  CompactVector<Label> labels_;
};

// Whether the selector matches: `labels` contain each of its pairs. An empty selector matches nothing, as in
// a Service.
bool Matches(const LabelMap& selector, const LabelMap& labels);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_LABEL_MAP_H_
