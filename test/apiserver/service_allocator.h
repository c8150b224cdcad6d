// The cluster IPs and node ports that services hold.

#ifndef K8SM_TEST_APISERVER_SERVICE_ALLOCATOR_H_
#define K8SM_TEST_APISERVER_SERVICE_ALLOCATOR_H_

#include "test/apiserver/json.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace k8sm::apiserver {

// Hands out 10.96.0.0/12, fd00:96::/112 and the node ports 30000 to 32767, each in order from the last one
// handed out.
class ServiceAllocator {
 public:
  // A free address of the family ("IPv4", "IPv6"); stays free until a service that names it is held.
  std::string NextIp(std::string_view family) const;
  std::int64_t NextNodePort() const;

  bool IsHeld(const std::string& ip) const { return ips_.contains(ip); }

  // Marks what a stored service names as taken, or as free again.
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
