// Messages of protobuf, field by field.

#ifndef K8SM_TEST_UNIT_KUBE_PROTO_MESSAGES_H_
#define K8SM_TEST_UNIT_KUBE_PROTO_MESSAGES_H_

#include <protozero/pbf_writer.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm::kube_proto {

// A field that holds a text or another message.
inline std::string Field(std::uint32_t number, std::string_view content) {
  std::string message;
  protozero::pbf_writer(message).add_bytes(number, content.data(), content.size());
  return message;
}

// A field that holds a number.
inline std::string Number(std::uint32_t number, std::int64_t value) {
  std::string message;
  protozero::pbf_writer(message).add_int64(number, value);
  return message;
}

// An object of this kind as a server sends it, after the bytes that say that it is in protobuf.
inline std::string Enveloped(std::string_view kind, std::string_view raw) {
  return std::string("k8s\0", 4) + Field(1, Field(2, kind)) + Field(2, raw);
}

}  // namespace k8sm::kube_proto

#endif  // K8SM_TEST_UNIT_KUBE_PROTO_MESSAGES_H_
