// Encodings of the API, and how they are asked for.

#ifndef K8SM_LIB_CLIENT_MESSAGE_ENCODING_H_
#define K8SM_LIB_CLIENT_MESSAGE_ENCODING_H_

#include <string_view>

namespace k8sm::client {

enum class Encoding { kJson, kProtobuf };

// How much of an object is asked for.
enum class Form {
  kWhole,
  kMetadata,      // PartialObjectMetadata, in a watch
  kMetadataList,  // PartialObjectMetadataList
};

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kProtobufType = "application/vnd.kubernetes.protobuf";

// Returns the Accept header, a literal, that asks for this form in this encoding. Whole objects in JSON are
// always accepted too: a server that does not know what is preferred sends them.
std::string_view AcceptOf(Encoding preferred, Form form);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_MESSAGE_ENCODING_H_
