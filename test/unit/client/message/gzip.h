// Compresses a body as a server does.

#ifndef K8SM_TEST_UNIT_CLIENT_GZIP_H_
#define K8SM_TEST_UNIT_CLIENT_GZIP_H_

#include <string>

namespace k8sm::client {

std::string Gzip(const std::string& text);

}  // namespace k8sm::client

#endif  // K8SM_TEST_UNIT_CLIENT_GZIP_H_
