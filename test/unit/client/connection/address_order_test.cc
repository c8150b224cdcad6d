#include "lib/client/connection/address_order.h"

#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::client {
namespace {

using asio::ip::tcp;

tcp::endpoint Address(int last_byte) {
  return {asio::ip::make_address("10.0.0." + std::to_string(last_byte)), 443};
}

std::string Name(int last_byte) {
  return "10.0.0." + std::to_string(last_byte) + ":443";
}

// The last bytes of 10.0.0.1, 10.0.0.2 and 10.0.0.3 in the order in which they are tried: "123".
std::string Sorted(AddressOrder& order) {
  std::vector<tcp::endpoint> addresses{Address(1), Address(2), Address(3)};
  order.Sort(addresses);
  std::string text;
  for (const tcp::endpoint& address : addresses) text += address.address().to_string().back();
  return text;
}

TEST_CASE("addresses are tried in the order in which they were resolved") {
  AddressOrder order;
  CHECK(Sorted(order) == "123");
}

TEST_CASE("the address that was connected to last is tried first") {
  AddressOrder order;
  order.OnConnected(Address(2));
  CHECK(Sorted(order) == "213");
  order.OnConnected(Address(3));
  CHECK(Sorted(order) == "312");
  order.OnConnected(Address(9));
  CHECK(Sorted(order) == "123");
}

TEST_CASE("an address that has failed is tried last, although it can be connected to") {
  AddressOrder order;
  order.OnConnected(Address(1));
  order.OnFailed(Name(1));
  CHECK(Sorted(order) == "231");
  order.OnConnected(Address(2));
  CHECK(Sorted(order) == "231");
  order.OnFailed(Name(2));
  CHECK(Sorted(order) == "312");
}

TEST_CASE("a late failure of an address does not end the preference for another") {
  AddressOrder order;
  order.OnFailed(Name(1));
  order.OnConnected(Address(2));
  order.OnFailed(Name(1));
  CHECK(Sorted(order) == "231");
}

TEST_CASE("once all addresses have failed, all are tried again in their order") {
  AddressOrder order;
  for (const int address : {2, 1, 3}) order.OnFailed(Name(address));
  CHECK(Sorted(order) == "123");
  order.OnFailed(Name(1));
  CHECK(Sorted(order) == "231");
}

}  // namespace
}  // namespace k8sm::client
