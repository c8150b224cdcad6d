// Decodes the API server's answer to a write.

#ifndef K8SM_LIB_KUBE_JSON_ANSWER_H_
#define K8SM_LIB_KUBE_JSON_ANSWER_H_

#include "lib/base/error.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"

#include <string_view>

namespace k8sm::kube_json {

// Returns what Decode(answer) returns, errors included. Takes less time where the answer contains the
// addresses in the bytes of `body`, in which `sent` was sent (Encode(sent)): they are copied from `sent`, and
// only the rest is decoded. API servers write the members in the same order as Encode.
Result<kube::Endpoints> DecodeAnswer(std::string_view answer, const kube::Endpoints& sent,
                                     std::string_view body);
Result<kube::EndpointSlice> DecodeAnswer(std::string_view answer, const kube::EndpointSlice& sent,
                                         std::string_view body);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_ANSWER_H_
