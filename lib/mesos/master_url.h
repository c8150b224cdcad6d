// The address of a Mesos master.

#ifndef K8SM_LIB_MESOS_MASTER_URL_H_
#define K8SM_LIB_MESOS_MASTER_URL_H_

#include "lib/base/error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::mesos {

struct MasterUrl {
  bool secure = false;  // https
  std::string host;     // a name or an IP address, IPv6 without brackets
  std::uint16_t port = 5050;
  friend bool operator==(const MasterUrl&, const MasterUrl&) = default;
};

// "m1.example.net:5050", with IPv6 addresses in brackets.
std::string ToString(const MasterUrl& master);

// Parses "host", "host:5050", "http://host:5050" or "https://host"; the default port is 5050. Fails with
// kInvalidConfig, which quotes it, for anything else.
Result<MasterUrl> ParseMaster(std::string_view text);

// Parses a list of them with commas between. Also fails if it is empty, names ZooKeeper, or may contain a
// password, which it then does not quote.
Result<std::vector<MasterUrl>> ParseMasters(std::string_view list);

// Returns the host in a Location header: "//host:port/path", as sent since Mesos 0.23, an http(s) URL, or a
// path on `from`, the responding master. Fails with kMalformed for anything else.
Result<MasterUrl> ParseLocation(std::string_view location, const MasterUrl& from);

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_MASTER_URL_H_
