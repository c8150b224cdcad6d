// Checks of certificates and keys before they are used, so that a bad one is reported with its origin.

#ifndef K8SM_LIB_CLIENT_PEM_H_
#define K8SM_LIB_CLIENT_PEM_H_

#include <string>

namespace k8sm::client {

// Each says what is wrong ("holds no PEM certificate"), or nothing where nothing is. No part of the data is
// quoted.
std::string WhyNoCertificates(const std::string& pem);
std::string WhyNoPrivateKey(const std::string& pem);
// REQUIRES: both are fine on their own. The key has to be that of the first certificate.
std::string WhyNoPair(const std::string& cert_pem, const std::string& key_pem);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_PEM_H_
