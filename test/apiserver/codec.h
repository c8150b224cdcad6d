// Objects between JSON as clients send it and the text that the server keeps.

#ifndef K8SM_TEST_APISERVER_CODEC_H_
#define K8SM_TEST_APISERVER_CODEC_H_

#include "test/apiserver/json.h"
#include "test/apiserver/schema.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

// Checks `object` against its type and leaves only what the type knows: nulls, unknown members and repeated
// members but the last are dropped. What a strict client wants to be told goes to `unknown`
// ("unknown field "spec.foo""). Returns what is wrong where a value has another type, in encoding/json's
// words.
std::optional<std::string> Decode(const ObjectType& type, Json& object, JsonAllocator& allocator,
                                  std::vector<std::string>& unknown);

// The object as the real server writes it: members in Go's order, empty ones left out, no white space.
// `api_version` as "discovery.k8s.io/v1".
std::string Encode(const ObjectType& type, std::string_view api_version, const Json& object);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_CODEC_H_
