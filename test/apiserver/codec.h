// Converts objects between JSON as clients send it and the text that the server stores.

#ifndef K8SM_TEST_APISERVER_CODEC_H_
#define K8SM_TEST_APISERVER_CODEC_H_

#include "test/apiserver/json.h"
#include "test/apiserver/schema.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

// Validates `object` against its type and drops what the type does not have: nulls, unknown members, and all
// but the last of repeated members. Appends to `unknown` what strict field validation reports ("unknown field
// "spec.foo""). Returns the error if a value has the wrong type, worded like Go's encoding/json.
std::optional<std::string> Decode(const ObjectType& type, Json& object, JsonAllocator& allocator,
                                  std::vector<std::string>& unknown);

// Returns the object as kube-apiserver writes it: members in Go's order, empty ones omitted, no white space.
// `api_version` is e.g. "discovery.k8s.io/v1".
std::string Encode(const ObjectType& type, std::string_view api_version, const Json& object);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_CODEC_H_
