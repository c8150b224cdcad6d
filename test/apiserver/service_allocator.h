// Allocation of cluster IPs and node ports.

#ifndef K8SM_TEST_APISERVER_SERVICE_ALLOCATOR_H_
#define K8SM_TEST_APISERVER_SERVICE_ALLOCATOR_H_

#include "test/apiserver/json.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace k8sm::apiserver {

// Allocates from 10.96.0.0/12, fd00:96::/112 and node ports 30000 to 32767, in ascending order from the last
// allocation.
class ServiceAllocator {
 public:
  // Returns a free address of the family ("IPv4", "IPv6"). It is not reserved until Hold() is called with a
  // service that has it.
  std::string NextIp(std::string_view family) const;
  std::int64_t NextNodePort() const;

  bool IsHeld(const std::string& ip) const { return ips_.contains(ip); }

  // Reserve, or free, the addresses and ports of a stored service.
  void Hold(const Json& service);
  void Release(const Json& service);

 private:
  std::set<std::string> ips_;
  std::multiset<std::int64_t> node_ports_;
  mutable std::uint32_t last_ip_ = 9;
  mutable std::int64_t last_port_ = 29'999;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_SERVICE_ALLOCATOR_H_
