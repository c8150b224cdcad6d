// Checked access to protobuf messages with paths in errors. Internal to lib/kube_proto: exposes protozero.

#ifndef K8SM_LIB_KUBE_PROTO_MESSAGE_H_
#define K8SM_LIB_KUBE_PROTO_MESSAGE_H_

#include "lib/base/error.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"

#include <protozero/pbf_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube_proto {

// The first problem found in a message, with its path: ".spec.containers[0].ports[1].hostPort: the integer
// does not fit into 32 bits".
struct Problem {
  std::string text;  // empty: none so far
  Errc code = Errc::kMalformed;

  bool empty() const { return text.empty(); }
};

// Reads the fields of one message one after the other, in place:
//
//   while (message.Next()) switch (message.field()) {
//     case 1: name = message.Symbol("name"); break;
//     case 2: ReadSpec(Message(message, "spec")); break;
//   }
//
// A field that is not read is skipped by its length. The first problem, here or in a nested message, ends the
// reading of all: Next() returns false. Readers thus need no error handling; the caller checks the problem
// once at the end. Fields may come in any order and repeatedly, as protobuf allows; of a field that is not
// repeated the last value counts.
class Message {
 public:
  // Reads a whole message. `bytes` and `problem` must outlive it.
  Message(std::string_view bytes, Problem& problem)
      : reader_(bytes.data(), bytes.size()), problem_(problem) {}

  // Reads the current field of `parent`, a message. `parent` must outlive it, and must not be advanced as
  // long as this is used.
  Message(Message& parent, std::string_view name) : Message(parent, name, kMember) {}
  // Reads an element of a list.
  Message(Message& parent, std::string_view name, std::size_t index);

  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  // Advances to the next field. Returns whether there is one.
  bool Next();
  std::uint32_t field() const { return reader_.tag(); }

  // Each reads the value of the current field, which is called `name`. REQUIRES: it has not been read yet;
  // the reader stands behind it then, and would take what follows for it. If the field has another type, it
  // records the problem and returns an empty value. Text that is not valid UTF-8 is a problem.
  std::string_view Bytes(std::string_view name);
  std::string_view Text(std::string_view name, std::size_t index = kMember);
  kube::Symbol Symbol(std::string_view name) { return kube::Symbol(Text(name)); }
  // An int32; a problem if the value does not fit.
  std::int32_t Int(std::string_view name);
  std::int64_t Int64(std::string_view name);
  bool Bool(std::string_view name);
  // A meta/v1 Time. An empty message, Go's zero time, is nullopt, as null is in JSON. Nanoseconds are
  // dropped.
  std::optional<kube::Timestamp> Timestamp(std::string_view name);
  // TCP if empty.
  kube::Protocol Protocol(std::string_view name);
  // Whether the value is more than Go's zero value, 0 or empty, which a server writes for what nobody has
  // set. Of a field that is not known it cannot be told whether somebody has set it to that.
  bool HoldsValue();

  // Returns what follows the fields read so far, to look ahead.
  std::string_view rest() const { return {reader_.data().data(), reader_.data().size()}; }

  // Records the problem `why` for the current field.
  void Refuse(std::string_view name, const std::string& why, std::size_t index = kMember);
  // Records the problem kUnknownField for the current field if it HoldsValue(). For messages whose fields
  // must not be lost; one that was set to Go's zero value is. REQUIRES: as for reading the value.
  void RefuseUnknown();

 private:
  static constexpr std::size_t kMember = static_cast<std::size_t>(-1);

  bool Is(protozero::pbf_wire_type type, std::string_view name);
  std::string Path() const;
  // Out of line, so that the functions that each field calls need no room for the texts of errors.
  [[gnu::noinline]] void Break(const char* why);
  [[gnu::noinline]] void RefuseType(std::string_view name);
  [[gnu::noinline]] void RefuseValue(std::string_view name, const char* why);

  protozero::pbf_reader reader_;
  bool pending_ = false;  // whether the value of the current field has yet to be read or skipped
  const Message* parent_ = nullptr;
  std::string_view name_;
  std::size_t index_ = kMember;
  Problem& problem_;
};

}  // namespace k8sm::kube_proto

#endif  // K8SM_LIB_KUBE_PROTO_MESSAGE_H_
