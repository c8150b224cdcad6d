// The formats of names, labels, ports and addresses, worded as in the validation of k8s.io/apimachinery. Each
// function adds what is invalid to `errors`, under `path`.

#ifndef K8SM_TEST_APISERVER_FORMAT_CHECKS_H_
#define K8SM_TEST_APISERVER_FORMAT_CHECKS_H_

#include "test/apiserver/field_error.h"
#include "test/apiserver/json.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm::apiserver {

enum class NameForm { kDnsLabel, kDnsSubdomain };

bool IsDnsLabel(std::string_view text);
bool IsDnsSubdomain(std::string_view text);

void CheckName(NameForm form, std::string_view name, const std::string& path, FieldErrors& errors);
// Checks a port name (IANA_SVC_NAME): letters, digits and dashes, at most 15 characters.
void CheckPortName(std::string_view name, const std::string& path, FieldErrors& errors);
void CheckPortNumber(std::int64_t port, const std::string& path, FieldErrors& errors);
// Checks that the protocol is TCP, UDP or SCTP.
void CheckProtocol(const Json& port, const std::string& path, FieldErrors& errors);
// Checks the key of a label or annotation: "name" or "dns.subdomain/name".
void CheckQualifiedName(std::string_view name, const std::string& path, FieldErrors& errors);
// Checks keys and values.
void CheckLabels(const Json* labels, const std::string& path, FieldErrors& errors);

enum class AddressFamily { kAny, kIPv4, kIPv6 };

// Whether the text is an address of the family in canonical form.
bool IsIp(const std::string& address, AddressFamily family);
// Whether the text is an IPv4-mapped IPv6 address: "::ffff:10.0.0.1".
bool IsMappedIp(const std::string& address);
// Checks that an address is not loopback, link-local, link-local multicast or unspecified. Ignores text that
// is not an address.
void CheckNonSpecialIp(const std::string& address, const std::string& path, FieldErrors& errors);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_FORMAT_CHECKS_H_
