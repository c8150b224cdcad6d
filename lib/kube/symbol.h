// A string that the process holds once, however many objects carry it.

#ifndef K8SM_LIB_KUBE_SYMBOL_H_
#define K8SM_LIB_KUBE_SYMBOL_H_

#include <boost/flyweight/flyweight.hpp>
#include <boost/flyweight/hashed_factory.hpp>
#include <boost/flyweight/no_locking.hpp>
#include <boost/flyweight/refcounted.hpp>
#include <boost/flyweight/static_holder.hpp>

#include <cstddef>
#include <functional>
#include <string>

namespace k8sm::kube {

// An immutable, interned string of the size of a pointer: label keys and values, names, addresses and uids
// repeat in thousands of cached objects. Converts to const std::string&; == compares pointers, < compares
// text; freed with its last user. Not thread-safe: everything runs on one thread.
using Symbol =
    boost::flyweights::flyweight<std::string, boost::flyweights::no_locking, boost::flyweights::refcounted>;

inline std::size_t HashOf(const Symbol& symbol) {
  return std::hash<const void*>()(&symbol.get());
}

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_SYMBOL_H_
