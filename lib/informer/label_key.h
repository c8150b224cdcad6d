// Key of the label indexes.

#ifndef K8SM_LIB_INFORMER_LABEL_KEY_H_
#define K8SM_LIB_INFORMER_LABEL_KEY_H_

#include "lib/kube/label_map.h"
#include "lib/kube/symbol.h"

#include <boost/container_hash/hash.hpp>

#include <cstddef>

namespace k8sm::informer {

// A label's key and value in one namespace.
struct LabelKey {
  kube::Symbol ns;
  kube::Label label;
  friend bool operator==(const LabelKey&, const LabelKey&) = default;
};

// Hashes the pointers of the symbols; valid while they exist.
struct LabelKeyHash {
  std::size_t operator()(const LabelKey& key) const {
    std::size_t seed = 0;
    boost::hash_combine(seed, kube::HashOf(key.ns));
    boost::hash_combine(seed, kube::HashOf(key.label.key));
    boost::hash_combine(seed, kube::HashOf(key.label.value));
    return seed;
  }
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_LABEL_KEY_H_
