#include "lib/kube/object_meta.h"

#include <boost/container_hash/hash.hpp>

#include <tuple>

namespace k8sm::kube {

bool operator<(const ObjectKey& a, const ObjectKey& b) {
  return std::tie(a.ns, a.name) < std::tie(b.ns, b.name);
}

std::string ToString(const ObjectKey& key) {
  return key.ns.get().empty() ? key.name.get() : key.ns.get() + "/" + key.name.get();
}

std::size_t ObjectKeyHash::operator()(const ObjectKey& key) const {
  std::size_t seed = 0;
  boost::hash_combine(seed, HashOf(key.ns));
  boost::hash_combine(seed, HashOf(key.name));
  return seed;
}

}  // namespace k8sm::kube
