// Compression of responses.

#ifndef K8SM_TEST_APISERVER_GZIP_H_
#define K8SM_TEST_APISERVER_GZIP_H_

#include <string>
#include <string_view>

namespace k8sm::apiserver {

// Whether an Accept-Encoding header accepts gzip, taking q=0 into account.
bool AcceptsGzip(std::string_view accept_encoding);

std::string Gzip(std::string_view text);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_GZIP_H_
