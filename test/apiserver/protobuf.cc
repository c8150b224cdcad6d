#include "test/apiserver/protobuf.h"

#include "test/apiserver/protobuf_types.h"
#include "test/apiserver/watch_stream.h"

#include <protozero/pbf_writer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace k8sm::apiserver {
namespace {

using Kind = MessageField::Kind;
using protozero::pbf_writer;

constexpr std::string_view kMagic("k8s\0", 4);

protozero::data_view View(std::string_view text) {
  return {text.data(), text.size()};
}

std::string_view TextOf(const Json& value) {
  return value.IsString() ? std::string_view(value.GetString(), value.GetStringLength()) : std::string_view();
}

std::int64_t IntegerOf(const Json& value) {
  if (value.IsBool()) return value.GetBool() ? 1 : 0;
  return value.IsInt64() ? value.GetInt64() : 0;
}

// REQUIRES: the time is one that the server stores, with Z or an offset.
std::int64_t SecondsOf(std::string_view time) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, east_hours = 0, east_minutes = 0;
  const std::string text(time);
  std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute, &second);
  const std::size_t zone = text.find_last_of("+-");
  if (zone != text.npos && zone > text.find('T')) {
    std::sscanf(text.c_str() + zone + 1, "%d:%d", &east_hours, &east_minutes);
    if (text[zone] == '-') east_hours = -east_hours, east_minutes = -east_minutes;
  }
  const std::chrono::sys_days date = std::chrono::year(year) / month / day;
  return std::chrono::sys_seconds(date).time_since_epoch().count() + (hour - east_hours) * 3600 +
         (minute - east_minutes) * 60 + second;
}

// `object` may be null.
std::string MessageOf(const Message& message, const Json* object);

void AddTime(pbf_writer& out, std::uint32_t number, const Json* value) {
  pbf_writer time(out, number);
  if (!value) return;
  time.add_int64(1, SecondsOf(TextOf(*value)));
  time.add_int32(2, 0);
}

void AddIntOrString(pbf_writer& out, std::uint32_t number, const Json* value) {
  pbf_writer either(out, number);
  either.add_int64(1, value && value->IsString() ? 1 : 0);
  either.add_int64(2, value ? IntegerOf(*value) : 0);
  either.add_bytes(3, View(value ? TextOf(*value) : ""));
}

// A null `value` is Go's zero value.
void AddValue(pbf_writer& out, const MessageField& field, const Json* value) {
  switch (field.kind) {
    case Kind::kString:
      return out.add_bytes(field.number, View(value ? TextOf(*value) : ""));
    case Kind::kInteger:
      return out.add_int64(field.number, value ? IntegerOf(*value) : 0);
    case Kind::kTime:
      return AddTime(out, field.number, value);
    case Kind::kIntOrString:
      return AddIntOrString(out, field.number, value);
    case Kind::kRaw: {
      pbf_writer raw(out, field.number);
      return raw.add_bytes(1, value ? ToText(*value) : "");
    }
    case Kind::kMessage:
      return out.add_message(field.number, MessageOf(*field.message, value));
  }
}

void AddMap(pbf_writer& out, std::uint32_t number, const Json& map) {
  for (const auto& member : map.GetObject()) {
    pbf_writer entry(out, number);
    entry.add_bytes(1, View(TextOf(member.name)));
    entry.add_bytes(2, View(TextOf(member.value)));
  }
}

std::string MessageOf(const Message& message, const Json* object) {
  std::string text;
  pbf_writer out(text);
  for (const MessageField& field : message.fields) {
    const Json* value = object ? Find(*object, field.name) : nullptr;
    if (value && value->IsNull()) value = nullptr;
    if (field.map) {
      if (value && value->IsObject()) AddMap(out, field.number, *value);
    } else if (field.list) {
      if (!value || !value->IsArray()) continue;
      for (const Json& element : value->GetArray()) AddValue(out, field, &element);
    } else if (value || !field.pointer) {
      AddValue(out, field, value);
    }
  }
  return text;
}

std::string InEnvelope(const Json& object, const std::string& raw) {
  std::string text(kMagic);
  pbf_writer out(text);
  {
    pbf_writer type(out, 1);
    type.add_bytes(1, View(GetString(object, "apiVersion")));
    type.add_bytes(2, View(GetString(object, "kind")));
  }
  out.add_message(2, raw);
  out.add_bytes(3, View(""));
  out.add_bytes(4, View(""));
  return text;
}

std::optional<std::string> ListOf(std::string_view item_kind, const Json& list) {
  const Message* const item = FindMessage(item_kind);
  if (!item) return std::nullopt;
  std::string text;
  pbf_writer out(text);
  const Json* const metadata = Find(list, "metadata");
  out.add_message(1, MessageOf(*FindMessage("ListMeta"), metadata));
  for (const Json* object : Elements(list, "items")) out.add_message(2, MessageOf(*item, object));
  return text;
}

std::optional<std::string> ToProtobuf(const Json& object) {
  constexpr std::string_view kList = "List";
  const std::string_view kind = GetString(object, "kind");
  const bool is_list = kind.ends_with(kList);
  const auto raw =
      is_list ? ListOf(kind.substr(0, kind.size() - kList.size()), object) : ProtobufMessage(kind, object);
  if (!raw) return std::nullopt;
  return InEnvelope(object, *raw);
}

std::optional<std::string> EventOf(std::string_view line) {
  const Result<JsonDocument> event = ParseJson(line);
  if (!event || !event->IsObject()) return std::nullopt;
  const Json* const object = Find(*event, "object");
  const auto encoded = object ? ToProtobuf(*object) : std::nullopt;
  if (!encoded) return std::nullopt;
  std::string text;
  pbf_writer out(text);
  out.add_bytes(1, View(GetString(*event, "type")));
  // A message is complete when its writer is destroyed.
  {
    pbf_writer raw(out, 2);
    raw.add_bytes(1, *encoded);
  }
  return text;
}

std::string LengthOf(std::size_t size) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift & 0xff);
  return bytes;
}

// Whether protobuf is the first supported media type of an Accept header.
bool PrefersProtobuf(std::string_view accept) {
  accept.remove_prefix(std::min(accept.find_first_not_of(' '), accept.size()));
  return accept.starts_with(kProtobuf);
}

}  // namespace

std::optional<std::string> ProtobufMessage(std::string_view kind, const Json& object) {
  const Message* const message = FindMessage(kind);
  if (!message) return std::nullopt;
  return MessageOf(*message, &object);
}

std::optional<std::string> ToProtobuf(std::string_view json) {
  const Result<JsonDocument> object = ParseJson(json);
  if (!object || !object->IsObject()) return std::nullopt;
  return ToProtobuf(*object);
}

std::optional<std::string> ToProtobufFrames(std::string_view lines) {
  std::string frames;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    const bool whole = line.size() < lines.size();
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    if (!whole) return frames.append(LengthOf(line.size() + 1)).append(line);
    const auto event = EventOf(line);
    if (!event) return std::nullopt;
    frames.append(LengthOf(event->size())).append(*event);
  }
  return frames;
}

Response InPreferredEncoding(const Request& request, Response response) {
  if (!PrefersProtobuf(request.accept) || response.content_type != "application/json") return response;
  if (response.watch) {
    response.protobuf = FindMessage(response.watch->kind()) != nullptr;
    if (response.protobuf) response.content_type = std::string(kProtobuf) + ";stream=watch";
    return response;
  }
  if (auto encoded = ToProtobuf(response.body)) {
    response.body = *std::move(encoded);
    response.content_type = kProtobuf;
  }
  return response;
}

}  // namespace k8sm::apiserver
