#include "lib/kube/label_map.h"

#include <algorithm>

namespace k8sm::kube {
namespace {

bool KeyBefore(const Label& label, std::string_view key) {
  return label.key.get() < key;
}

}  // namespace

LabelMap::LabelMap(std::initializer_list<Label> labels) {
  for (const Label& label : labels) Set(label.key, label.value);
}

const Symbol* LabelMap::Find(std::string_view key) const {
  const auto found = std::lower_bound(labels_.begin(), labels_.end(), key, KeyBefore);
  return found != labels_.end() && found->key.get() == key ? &found->value : nullptr;
}

void LabelMap::Set(Symbol key, Symbol value) {
  const auto place = std::lower_bound(labels_.begin(), labels_.end(), key.get(), KeyBefore);
  if (place != labels_.end() && place->key == key) {
    place->value = value;
  } else {
    labels_.insert(place, Label{key, value});
  }
}

void LabelMap::Erase(std::string_view key) {
  const auto found = std::lower_bound(labels_.begin(), labels_.end(), key, KeyBefore);
  if (found != labels_.end() && found->key.get() == key) labels_.erase(found);
}

bool Matches(const LabelMap& selector, const LabelMap& labels) {
  if (selector.empty()) return false;
  // Both maps are sorted by key and symbols compare by pointer, so one pass over the labels suffices.
  auto label = labels.begin();
  for (const Label& wanted : selector) {
    while (label != labels.end() && label->key != wanted.key) ++label;
    if (label == labels.end() || label->value != wanted.value) return false;
  }
  return true;
}

}  // namespace k8sm::kube
