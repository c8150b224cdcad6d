// Field numbers of the messages, as in the generated.proto files of k8s.io/api and k8s.io/apimachinery.

#ifndef K8SM_TEST_APISERVER_PROTOBUF_TYPES_H_
#define K8SM_TEST_APISERVER_PROTOBUF_TYPES_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

struct Message;

struct MessageField {
  std::string name;  // as in JSON
  std::uint32_t number = 0;
  enum class Kind { kString, kInteger, kTime, kIntOrString, kRaw, kMessage } kind = Kind::kString;
  const Message* message = nullptr;
  bool list = false;
  bool map = false;      // from string to string
  bool pointer = false;  // omitted if absent; other fields are written even if they are empty
};

// A message type, with its fields in the order of their numbers.
struct Message {
  std::vector<MessageField> fields;
};

// Returns the message type of that name; nullptr if there is none.
const Message* FindMessage(std::string_view name);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_PROTOBUF_TYPES_H_
