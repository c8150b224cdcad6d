#include "lib/http_server/local_addresses.h"

#include "test/support/catch.h"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace k8sm::http_server {
namespace {

namespace ip = boost::asio::ip;

TEST_CASE("AddressesOf a single address gives that address in its canonical form") {
  CHECK(AddressesOf("10.0.0.1") == std::vector<std::string>{"10.0.0.1"});
  CHECK(AddressesOf("0:0:0:0:0:0:0:1") == std::vector<std::string>{"::1"});
}

TEST_CASE("AddressesOf 0.0.0.0 or :: gives addresses of the machine that others can use") {
  for (const char* any : {"0.0.0.0", "::"}) {
    CAPTURE(any);
    const std::vector<std::string> addresses = AddressesOf(any);
    CHECK(std::ranges::find(addresses, "127.0.0.1") != addresses.end());
    CHECK(addresses.size() <= kMaxAddresses);
    CHECK(std::set(addresses.begin(), addresses.end()).size() == addresses.size());
    for (const std::string& each : addresses) {
      CAPTURE(each);
      const ip::address address = ip::make_address(each);
      CHECK_FALSE(address.is_unspecified());
      CHECK((address.is_v4() || (std::string(any) == "::" && !address.to_v6().is_link_local())));
    }
  }
}

TEST_CASE("AddressesOf gives nothing for names and for addresses of one link") {
  CHECK(AddressesOf("").empty());
  CHECK(AddressesOf("localhost").empty());
  CHECK(AddressesOf("fe80::1%1").empty());
}

}  // namespace
}  // namespace k8sm::http_server
