#include "test/apiserver/codec.h"

#include <algorithm>
#include <cstdint>
#include <set>

namespace k8sm::apiserver {
namespace {

std::string JsonTypeOf(const Json& value) {
  if (value.IsString()) return "string";
  if (value.IsNumber()) return "number";
  if (value.IsBool()) return "bool";
  return value.IsArray() ? "array" : "object";
}

constexpr std::string_view kTimeShape = "0000-00-00T00:00:00";

// RFC 3339: a date, T, a time, optionally a fraction, Z or an offset.
bool LooksLikeTime(std::string_view text) {
  if (text.size() <= kTimeShape.size()) return false;
  for (std::size_t i = 0; i < kTimeShape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kTimeShape[i] == '0' ? !digit : text[i] != kTimeShape[i]) return false;
  }
  text.remove_prefix(kTimeShape.size());
  if (text.front() == '.') text.remove_prefix(std::min(text.size(), text.find_first_not_of("0123456789", 1)));
  return text == "Z" || (text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':');
}

// A Time has a resolution of seconds, a MicroTime has six digits. REQUIRES: LooksLikeTime(text).
std::string CanonicalTime(std::string_view text, bool micro) {
  std::string canonical(text.substr(0, kTimeShape.size()));
  const std::string_view rest = text.substr(kTimeShape.size());
  const std::size_t zone = rest.find_first_of("Z+-");
  if (micro) {
    std::string digits(rest.substr(std::min<std::size_t>(1, zone), zone == 0 ? 0 : zone - 1));
    digits.resize(6, '0');
    canonical.append(".").append(digits);
  }
  return canonical.append(rest.substr(zone));
}

class Decoder {
 public:
  Decoder(JsonAllocator& allocator, std::vector<std::string>& unknown)
      : allocator_(allocator), unknown_(unknown) {}

  // `go_path` has member names only ("subsets.addresses"), `path` also has indexes
  // ("subsets[0].addresses[1]").
  bool Object(const ObjectType& type, Json& object, const std::string& go_path, const std::string& path) {
    std::set<std::string, std::less<>> seen;
    // Backwards, so that the last of repeated members is kept.
    for (auto member = object.MemberEnd(); member != object.MemberBegin();) {
      --member;
      const std::string name(member->name.GetString(), member->name.GetStringLength());
      if (path.empty() && (name == "kind" || name == "apiVersion")) continue;
      const std::string member_path = path.empty() ? name : path + "." + name;
      const Field* field = type.Find(name);
      const bool repeated = !seen.insert(name).second;
      if (!field || repeated) {
        unknown_.push_back((repeated ? "duplicate field \"" : "unknown field \"") + member_path + "\"");
      }
      if (field && !repeated && !member->value.IsNull()) {
        const std::string member_go_path = go_path.empty() ? name : go_path + "." + name;
        if (!Member(type, *field, member->value, member_go_path, member_path)) return false;
        continue;
      }
      object.EraseMember(member);
      // Erasing moved the following members down; those have been decoded already.
    }
    return true;
  }

  std::string TakeError() { return std::move(error_); }

 private:
  bool Member(const ObjectType& owner, const Field& field, Json& value, const std::string& go_path,
              const std::string& path) {
    if (field.list) {
      if (!value.IsArray()) return Fail(owner, go_path, field.go_type, value);
      for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
        if (!Single(owner, field, value[i], go_path, path + "[" + std::to_string(i) + "]")) return false;
      }
      return true;
    }
    if (field.map) {
      if (!value.IsObject()) return Fail(owner, go_path, field.go_type, value);
      for (auto& entry : value.GetObject()) {
        if (!Single(owner, field, entry.value, go_path, path)) return false;
      }
      return true;
    }
    return Single(owner, field, value, go_path, path);
  }

  bool Single(const ObjectType& owner, const Field& field, Json& value, const std::string& go_path,
              const std::string& path) {
    const std::string_view go_type = ElementType(field);
    if (value.IsNull() && (field.list || field.map)) return Zero(field, value);
    switch (field.kind) {
      case ValueKind::kString:
        return value.IsString() || Fail(owner, go_path, go_type, value);
      case ValueKind::kBool:
        return value.IsBool() || Fail(owner, go_path, go_type, value);
      case ValueKind::kInt32:
        return value.IsInt() || Fail(owner, go_path, go_type, value);
      case ValueKind::kInt64:
        return value.IsInt64() || Fail(owner, go_path, go_type, value);
      case ValueKind::kTime:
      case ValueKind::kMicroTime:
        return Time(owner, field, value, go_path);
      case ValueKind::kIntOrString:
        return value.IsInt() || value.IsString() || Fail(owner, go_path, "int32", value);
      case ValueKind::kQuantity:
        return Quantity(owner, field, value, go_path);
      case ValueKind::kJson:
        return true;
      case ValueKind::kObject:
        break;
    }
    if (!value.IsObject()) return Fail(owner, go_path, go_type, value);
    return Object(*field.object, value, go_path, path);
  }

  // A null in a list or map becomes Go's zero value.
  bool Zero(const Field& field, Json& value) {
    if (field.kind == ValueKind::kObject) value.SetObject();
    if (field.kind == ValueKind::kString || field.kind == ValueKind::kQuantity) value.SetString("");
    return true;
  }

  bool Time(const ObjectType& owner, const Field& field, Json& value, const std::string& go_path) {
    if (!value.IsString()) return Fail(owner, go_path, ElementType(field), value);
    const std::string text(value.GetString(), value.GetStringLength());
    if (LooksLikeTime(text)) {
      value = MakeString(CanonicalTime(text, field.kind == ValueKind::kMicroTime), allocator_);
      return true;
    }
    error_ = "parsing time \"" + text + "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse it";
    return false;
  }

  // Quantities are strings; numbers are accepted.
  bool Quantity(const ObjectType& owner, const Field& field, Json& value, const std::string& go_path) {
    if (value.IsNumber()) value = MakeString(ToText(value), allocator_);
    return value.IsString() || Fail(owner, go_path, ElementType(field), value);
  }

  static std::string_view ElementType(const Field& field) {
    const std::string_view type = field.go_type;
    if (field.list) return type.substr(2);
    return field.map ? type.substr(std::string_view("map[string]").size()) : type;
  }

  bool Fail(const ObjectType& owner, const std::string& go_path, std::string_view go_type,
            const Json& value) {
    const std::string_view owner_name =
        std::string_view(owner.name)
            .substr(owner.name.find('.') == owner.name.npos ? 0 : owner.name.find('.') + 1);
    error_ = "json: cannot unmarshal " + JsonTypeOf(value);
    // The message includes a number that is not an integer or is out of range.
    if (value.IsNumber() && go_type.starts_with("int")) error_.append(" ").append(ToText(value));
    error_.append(" into Go struct field ").append(owner_name).append(".").append(go_path);
    error_.append(" of type ").append(go_type);
    return false;
  }

  JsonAllocator& allocator_;
  std::vector<std::string>& unknown_;
  std::string error_;
};

}  // namespace

std::optional<std::string> Decode(const ObjectType& type, Json& object, JsonAllocator& allocator,
                                  std::vector<std::string>& unknown) {
  if (!object.IsObject()) {
    return "json: cannot unmarshal " + JsonTypeOf(object) + " into Go value of type v1." + type.name;
  }
  Decoder decoder(allocator, unknown);
  const bool fits = decoder.Object(type, object, "", "");
  std::reverse(unknown.begin(), unknown.end());
  if (fits) return std::nullopt;
  return decoder.TakeError();
}

}  // namespace k8sm::apiserver
