#include "test/apiserver/representation.h"

#include "test/apiserver/codec.h"
#include "test/apiserver/protobuf.h"
#include "test/apiserver/table.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace k8sm::apiserver {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr std::string_view kMetaVersion = "meta.k8s.io/v1";

std::string_view Take(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  std::string_view part = text.substr(0, at);
  text = at == text.npos ? std::string_view() : text.substr(at + 1);
  while (part.starts_with(' ')) part.remove_prefix(1);
  while (part.ends_with(' ')) part.remove_suffix(1);
  return part;
}

// Parses one media range with parameters; nullopt if it is not supported.
std::optional<Form> FormOf(std::string_view range) {
  const std::string_view type = Take(range, ';');
  const bool protobuf = type == kProtobuf;
  if (!protobuf && type != "application/json" && type != "application/*" && type != "*/*")
    return std::nullopt;
  std::string_view as, group, version;
  while (!range.empty()) {
    std::string_view parameter = Take(range, ';');
    const std::string_view name = Take(parameter, '=');
    if (name == "as") as = parameter;
    if (name == "g") group = parameter;
    if (name == "v") version = parameter;
  }
  if (as.empty()) return Form::kObject;
  if (group != "meta.k8s.io" || version != "v1") return std::nullopt;
  if (as == "Table" && !protobuf) return Form::kTable;
  if (as == "PartialObjectMetadata" || as == "PartialObjectMetadataList") return Form::kMetadata;
  return std::nullopt;
}

void WriteText(Writer& writer, std::string_view name, std::string_view value) {
  writer.Key(name.data(), rapidjson::SizeType(name.size()));
  writer.String(value.data(), rapidjson::SizeType(value.size()));
}

void WriteColumns(Writer& writer, const Resource& resource) {
  writer.Key("columnDefinitions");
  writer.StartArray();
  for (const Column& column : ColumnsOf(resource)) {
    writer.StartObject();
    WriteText(writer, "name", column.name);
    WriteText(writer, "type", column.type);
    WriteText(writer, "format", column.name == "Name" ? "name" : "");
    WriteText(writer, "description", "");
    writer.Key("priority");
    writer.Int(column.priority);
    writer.EndObject();
  }
  writer.EndArray();
}

// Returns the metadata of a stored object as PartialObjectMetadata.
std::string MetadataText(const Object& object) {
  const JsonDocument document = object.Parse();
  return "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"" + std::string(kMetaVersion) +
         "\",\"metadata\":" + ToText(*Find(document, "metadata")) + "}";
}

void WriteRow(Writer& writer, const Object& object, std::string_view include_object) {
  writer.StartObject();
  writer.Key("cells");
  writer.StartArray();
  const Cells cells = CellsOf(object);
  const std::span<const Column> columns = ColumnsOf(*object.resource);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (columns[i].type == "integer") {
      writer.RawValue(cells[i].data(), cells[i].size(), rapidjson::kNumberType);
    } else {
      writer.String(cells[i]);
    }
  }
  writer.EndArray();
  if (include_object != "None") {
    writer.Key("object");
    const std::string text = include_object == "Object" ? object.text : MetadataText(object);
    writer.RawValue(text.data(), text.size(), rapidjson::kObjectType);
  }
  writer.EndObject();
}

std::string MetaText(const Representation::ListMeta& meta) {
  std::string text = "{\"resourceVersion\":\"" + std::to_string(meta.resource_version) + "\"";
  if (!meta.continue_token.empty()) text.append(",\"continue\":\"").append(meta.continue_token).append("\"");
  if (meta.remaining) text.append(",\"remainingItemCount\":").append(std::to_string(*meta.remaining));
  return text.append("}");
}

std::string Table(const Resource& resource, const std::vector<const Object*>& objects,
                  const std::string& meta, std::string_view include_object, bool columns) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  WriteText(writer, "kind", "Table");
  WriteText(writer, "apiVersion", kMetaVersion);
  writer.Key("metadata");
  writer.RawValue(meta.data(), meta.size(), rapidjson::kObjectType);
  if (columns) {
    WriteColumns(writer, resource);
  } else {
    writer.Key("columnDefinitions");
    writer.Null();
  }
  writer.Key("rows");
  writer.StartArray();
  for (const Object* object : objects) WriteRow(writer, *object, include_object);
  writer.EndArray();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

std::optional<Representation> Representation::FromAccept(std::string_view accept,
                                                         std::string_view include_object) {
  Representation representation;
  if (!include_object.empty()) representation.include_object = include_object;
  if (accept.empty()) return representation;
  while (!accept.empty()) {
    if (const std::optional<Form> form = FormOf(Take(accept, ','))) {
      representation.form = *form;
      return representation;
    }
  }
  return std::nullopt;
}

std::string Representation::One(const Object& object, bool first) const {
  switch (form) {
    case Form::kObject:
      return object.text;
    case Form::kMetadata:
      return MetadataText(object);
    case Form::kTable:
      break;
  }
  return Table(*object.resource, {&object}, MetaText({object.resource_version, "", std::nullopt}),
               include_object, first);
}

std::string Representation::List(const Resource& resource, const std::vector<ObjectPtr>& objects,
                                 const ListMeta& meta) const {
  if (form == Form::kTable) {
    std::vector<const Object*> rows;
    for (const ObjectPtr& object : objects) rows.push_back(object.get());
    return Table(resource, rows, MetaText(meta), include_object, true);
  }
  const bool metadata = form == Form::kMetadata;
  std::string text = "{\"kind\":\"";
  text.append(metadata ? "PartialObjectMetadata" : resource.kind).append("List\",\"apiVersion\":\"");
  text.append(metadata ? std::string(kMetaVersion) : resource.ApiVersion());
  text.append("\",\"metadata\":").append(MetaText(meta)).append(",\"items\":[");
  bool first = true;
  for (const ObjectPtr& object : objects) {
    if (!first) text += ',';
    first = false;
    if (metadata) {
      text.append(MetadataText(*object));
    } else {
      text.append("{").append(object->ItemText());
    }
  }
  return text.append("]}");
}

std::string Representation::Bookmark(const Resource& resource, std::uint64_t resource_version,
                                     bool initial_events_end) const {
  if (form == Form::kTable) {
    return Table(resource, {}, MetaText({resource_version, "", std::nullopt}), include_object, false);
  }
  JsonDocument object(rapidjson::kObjectType);
  JsonAllocator& allocator = object.GetAllocator();
  Json& metadata = EnsureObject(object, "metadata", allocator);
  SetString(metadata, "resourceVersion", std::to_string(resource_version), allocator);
  if (initial_events_end) {
    SetString(EnsureObject(metadata, "annotations", allocator), "k8s.io/initial-events-end", "true",
              allocator);
  }
  if (form == Form::kObject) return Encode(resource.Type(), resource.ApiVersion(), object);
  return "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"" + std::string(kMetaVersion) +
         "\",\"metadata\":" + ToText(metadata) + "}";
}

}  // namespace k8sm::apiserver
