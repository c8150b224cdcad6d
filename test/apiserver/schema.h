// The schema of the API's objects: which members a type has, their order in JSON, which are written even if
// empty, and how a strategic merge patch merges lists. Decoding, encoding, patching and the OpenAPI documents
// are all derived from this table.
//
// The table is text: a type's name, followed by its members, one per line:
//
//   NAME TYPE [!] [*] [merge | merge=KEY] [retainKeys]
//
// TYPE is string, int32, int64, bool, Time, MicroTime, Quantity, IntOrString, json (any value, kept
// unchanged), a type of the table, []TYPE or map:TYPE. `!`: written even if empty (in Go: no omitempty). `*`:
// distinguishes absent from empty (in Go: a pointer). `merge` merges lists of plain values, `merge=KEY` lists
// of objects by that member. Members, order and marks are those of k8s.io/api and k8s.io/apimachinery;
// members that an endpoint controller does not need are json.

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
  // The kind of the value, or of the elements of a list or map.
  ValueKind kind = ValueKind::kJson;
  const ObjectType* object = nullptr;
  bool list = false;
  bool map = false;
  bool always = false;
  bool pointer = false;
  bool merge = false;
  std::string merge_key;
  bool retain_keys = false;
  // The Go type, for error messages: "[]v1.EndpointSubset".
  std::string go_type;
};

struct ObjectType {
  std::string name;
  std::vector<Field> fields;

  const Field* Find(std::string_view field_name) const;
};

class Schema {
 public:
  // Returns the schema, which is parsed on first use.
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
