// Writes the parts that several kinds of objects have. Internal to lib/kube_json: exposes RapidJSON.

#ifndef K8SM_LIB_KUBE_JSON_WRITE_H_
#define K8SM_LIB_KUBE_JSON_WRITE_H_

#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/symbol.h"
#include "lib/kube/uid.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <optional>
#include <string_view>

namespace k8sm::kube_json {

using Buffer = rapidjson::StringBuffer;

// A writer that copies a text as a whole if nothing in it has to be escaped, as in names, addresses and UIDs.
// rapidjson::Writer looks at each character, which takes most of its time.
class JsonWriter : public rapidjson::Writer<Buffer> {
 public:
  using Writer::Writer;

  // Writes a key or a string.
  void Text(std::string_view text);
  // The same for a text in which nothing has to be escaped.
  void Plain(std::string_view text);
};

// Write one key, string or member. A key is the name of a field, in which nothing has to be escaped.
// WriteUnlessEmpty writes nothing if the value is empty.
void WriteKey(JsonWriter& writer, std::string_view key);
void WriteString(JsonWriter& writer, std::string_view text);

void WriteMember(JsonWriter& writer, std::string_view key, std::string_view value);
void WriteBool(JsonWriter& writer, std::string_view key, bool value);

void WriteUnlessEmpty(JsonWriter& writer, std::string_view key, std::string_view value);
void WriteUnlessEmpty(JsonWriter& writer, std::string_view key, const kube::Symbol& value);
void WriteUnlessEmpty(JsonWriter& writer, std::string_view key, const kube::Uid& value);

// Writes a list of objects; `write` writes the members of each element.
template <class List, class Write>
void WriteList(JsonWriter& writer, std::string_view key, const List& list, Write write) {
  WriteKey(writer, key);
  writer.StartArray();
  for (const auto& element : list) {
    writer.StartObject();
    write(writer, element);
    writer.EndObject();
  }
  writer.EndArray();
}

// Writes apiVersion and kind.
void WriteHead(JsonWriter& writer, std::string_view api_version, std::string_view kind);

// Opens the metadata object, which EndMeta() closes. Members specific to a kind may be written in between.
void BeginMeta(JsonWriter& writer, const kube::ObjectMeta& meta);
// Writes the preserved members and closes the object. `buffer` is the writer's.
void EndMeta(JsonWriter& writer, Buffer& buffer, const kube::ObjectMeta& meta);

// Adds members, given as JSON text, to the open object.
void WritePreserved(Buffer& buffer, std::string_view members);

void WriteTargetRef(JsonWriter& writer, const std::optional<kube::ObjectReference>& reference);
// Writes the members of a port.
void WritePort(JsonWriter& writer, const kube::EndpointPort& port);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_WRITE_H_
