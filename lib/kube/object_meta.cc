#include "lib/kube/object_meta.h"

#include "lib/base/printable.h"

#include <boost/container_hash/hash.hpp>

#include <tuple>

namespace k8sm::kube {
namespace {

// The API server allows 253 bytes.
constexpr std::size_t kMaxName = 300;

}  // namespace

bool operator<(const ObjectKey& a, const ObjectKey& b) {
  return std::tie(a.ns, a.name) < std::tie(b.ns, b.name);
}

std::string ToString(const ObjectKey& key) {
  const std::string name = Printable(key.name.get(), kMaxName);
  return key.ns.get().empty() ? name : Printable(key.ns.get(), kMaxName) + "/" + name;
}

std::size_t ObjectKeyHash::operator()(const Symbol& ns, const Symbol& name) const noexcept {
  std::size_t seed = 0;
  boost::hash_combine(seed, HashOf(ns));
  boost::hash_combine(seed, HashOf(name));
  return seed;
}

}  // namespace k8sm::kube
