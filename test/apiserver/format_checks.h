// The forms that names, labels, ports and addresses must have, in the words of k8s.io/apimachinery's
// validation. Each adds what is wrong to the errors, under the path given.

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
// A port's name where a number could stand: letters, digits and dashes, at most 15.
void CheckPortName(std::string_view name, const std::string& path, FieldErrors& errors);
void CheckPortNumber(std::int64_t port, const std::string& path, FieldErrors& errors);
// TCP, UDP or SCTP.
void CheckProtocol(const Json& port, const std::string& path, FieldErrors& errors);
// A label's or annotation's key: "name" or "dns.subdomain/name".
void CheckQualifiedName(std::string_view name, const std::string& path, FieldErrors& errors);
// Keys and values.
void CheckLabels(const Json* labels, const std::string& path, FieldErrors& errors);

enum class AddressFamily { kAny, kIPv4, kIPv6 };

// An address, in its canonical form, of the family.
bool IsIp(const std::string& address, AddressFamily family);
// An IPv4 address in the form of an IPv6 one: "::ffff:10.0.0.1".
bool IsMappedIp(const std::string& address);
// Not loopback, link-local, link-local multicast or unspecified. Says nothing of what is no address.
void CheckNonSpecialIp(const std::string& address, const std::string& path, FieldErrors& errors);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_FORMAT_CHECKS_H_
