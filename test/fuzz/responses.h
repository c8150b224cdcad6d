// Reads HTTP responses as strictly as possible, and aborts if one is malformed.

#ifndef K8SM_TEST_FUZZ_RESPONSES_H_
#define K8SM_TEST_FUZZ_RESPONSES_H_

#include <map>
#include <string>
#include <string_view>

namespace k8sm::fuzz {

struct OpsResponse {
  unsigned status = 0;
  std::map<std::string, std::string> headers;  // by name as sent
  std::string body;
};

// Removes the next final response from `bytes`, and the interim ones before it. A response to HEAD has no
// body. REQUIRES: `bytes` is not empty.
OpsResponse TakeResponse(std::string_view& bytes, bool to_head);

// Removes "100 Continue" from the front.
void SkipInterim(std::string_view& bytes);

}  // namespace k8sm::fuzz

#endif  // K8SM_TEST_FUZZ_RESPONSES_H_
