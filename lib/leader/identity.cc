#include "lib/leader/identity.h"

#include <boost/asio/ip/host_name.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace k8sm::leader {

std::string NewIdentity() {
  boost::system::error_code error;
  const std::string host = boost::asio::ip::host_name(error);
  return (error ? "unknown" : host) + "_" + boost::uuids::to_string(boost::uuids::random_generator()());
}

}  // namespace k8sm::leader
