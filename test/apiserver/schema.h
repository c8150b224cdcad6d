// What the API's objects are made of: which members a type has, in which order they are written, which are
// written even where they are empty, and how a strategic merge patch joins lists. Decoding, encoding,
// patching and the OpenAPI documents all follow this one table.
//
// The table is text, a type's name followed by its members, one a line:
//
//   NAME TYPE [!] [*] [merge | merge=KEY] [retainKeys]
//
// TYPE is string, int32, int64, bool, Time, MicroTime, Quantity, IntOrString, json (any value, kept as it
// comes), a type of the table, []TYPE or map:TYPE. `!` is written even where it is empty (in Go: no
// omitempty); `*` tells an absent value from an empty one (in Go: a pointer). `merge` joins lists of plain
// values, `merge=KEY` lists of objects by that member. The members, their order and their marks are those of
// k8s.io/api and k8s.io/apimachinery; what an endpoint controller has no use for is json.

#ifndef K8SM_TEST_APISERVER_SCHEMA_H_
#define K8SM_TEST_APISERVER_SCHEMA_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

extern const char kTypes[];
extern const char kPodTypes[];

struct ObjectType;

enum class ValueKind {
  kString,
  kInt32,
  kInt64,
  kBool,
  kTime,
  kMicroTime,
  kQuantity,
  kIntOrString,
  kJson,
  kObject
};

struct Field {
  std::string name;
  // Of the value, or of the elements of the list or map.
  ValueKind kind = ValueKind::kJson;
  const ObjectType* object = nullptr;
  bool list = false;
  bool map = false;
  bool always = false;
  bool pointer = false;
  bool merge = false;
  std::string merge_key;
  bool retain_keys = false;
  // As Go prints it: "[]v1.EndpointSubset".
  std::string go_type;
};

struct ObjectType {
  std::string name;
  std::vector<Field> fields;

  const Field* Find(std::string_view field_name) const;
};

class Schema {
 public:
  // The table above, parsed once.
  static const Schema& Instance();

  const ObjectType& Get(std::string_view name) const;
  const std::map<std::string, ObjectType, std::less<>>& types() const { return types_; }

 private:
  Schema();
  void Parse(std::string_view table);
  void Resolve(Field& field, std::string_view type);

  std::map<std::string, ObjectType, std::less<>> types_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_SCHEMA_H_
