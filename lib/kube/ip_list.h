// The addresses of a pod or of its host.

#ifndef K8SM_LIB_KUBE_IP_LIST_H_
#define K8SM_LIB_KUBE_IP_LIST_H_

#include "lib/kube/symbol.h"

#include <array>
#include <cstddef>
#include <initializer_list>
#include <utility>

namespace k8sm::kube {

// At most one address of each IP family, as the API server validates; stored in place. None is empty.
class IpList {
 public:
  IpList() = default;
  IpList(std::initializer_list<Symbol> ips) {
    for (const Symbol& ip : ips) push_back(ip);
  }

  // Dropped if there are two already. REQUIRES: it is not empty.
  void push_back(Symbol ip) {
    if (size() < ips_.size()) ips_[size()] = std::move(ip);
  }
  void clear() { ips_ = {}; }

  bool empty() const { return ips_[0].empty(); }
  std::size_t size() const { return empty() ? 0 : ips_[1].empty() ? 1 : 2; }
  const Symbol* begin() const { return ips_.data(); }
  const Symbol* end() const { return begin() + size(); }
  // REQUIRES: not empty.
  const Symbol& front() const { return ips_[0]; }

  friend bool operator==(const IpList&, const IpList&) = default;

 private:
  std::array<Symbol, 2> ips_;
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_IP_LIST_H_
