// In which order the addresses of a host are tried.

#ifndef K8SM_LIB_CLIENT_CONNECTION_ADDRESS_ORDER_H_
#define K8SM_LIB_CLIENT_CONNECTION_ADDRESS_ORDER_H_

#include "lib/async/token.h"

#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace k8sm::client {

// Remembers which addresses of a host have served and which have not. A server that accepts connections and
// serves none, e.g. a load balancer without servers, must not be the only one that is tried. Addresses are
// named as Describe() writes them.
class AddressOrder {
 public:
  // Puts the address that was connected to last at the front and those that have failed at the end. Once all
  // of them have failed, their failures are forgotten.
  void Sort(std::vector<asio::ip::tcp::endpoint>& addresses);

  void OnConnected(const asio::ip::tcp::endpoint& address);
  // A connection to this address was lost, or was not served in time.
  void OnFailed(const std::string& address);

 private:
  std::optional<std::string> last_;  // the address that was connected to last, unless it has failed
  std::set<std::string> failed_;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_ADDRESS_ORDER_H_
