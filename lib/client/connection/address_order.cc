#include "lib/client/connection/address_order.h"

#include "lib/client/connection/connect.h"

#include <algorithm>

namespace k8sm::client {

using asio::ip::tcp;

void AddressOrder::Sort(std::vector<tcp::endpoint>& addresses) {
  const auto has_failed = [this](const tcp::endpoint& address) {
    return failed_.contains(Describe(address));
  };
  if (std::ranges::all_of(addresses, has_failed)) failed_.clear();
  const auto rank = [&](const tcp::endpoint& address) {
    if (last_ == Describe(address)) return 0;
    return has_failed(address) ? 2 : 1;
  };
  std::ranges::stable_sort(addresses, {}, rank);
}

void AddressOrder::OnConnected(const tcp::endpoint& address) {
  last_ = Describe(address);
}

void AddressOrder::OnFailed(const std::string& address) {
  failed_.insert(address);
  if (last_ == address) last_.reset();
}

}  // namespace k8sm::client
