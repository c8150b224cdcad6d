// Checked access to a JSON tree with paths in errors. Internal to lib/kube_json: exposes RapidJSON.

#ifndef K8SM_LIB_KUBE_JSON_FIELD_H_
#define K8SM_LIB_KUBE_JSON_FIELD_H_

#include "lib/kube/label_map.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"

#include <rapidjson/document.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube_json {

// The first problem found in a tree, with its path: ".spec.ports[1].port: expected an integer, got a string".
// Empty: none so far.
using Problem = std::string;

// A position in a tree and its value, if any; null counts as absent. Reading an absent value returns an empty
// one. Reading a value of another type does so, too, and records the problem. Readers thus need no error
// handling; the caller checks the problem once at the end. A field must not outlive its parent.
class Field {
 public:
  // Creates the root. `value` and `problem` must outlive it.
  Field(const rapidjson::Value& value, Problem& problem);

  // Whether there is a value.
  bool present() const { return value_ != nullptr; }
  // Whether the value is present and has the type.
  bool IsObject() const { return present() && value_->IsObject(); }
  bool IsString() const { return present() && value_->IsString(); }

  // Returns the member of an object; the last one if the name occurs several times.
  Field Member(std::string_view name) const&;
  Field Member(std::string_view name) const&& = delete;

  std::string_view String() const;  // valid as long as the tree
  // 0 if absent. Records a problem if the number is not an integer or does not fit.
  std::int32_t Int() const;
  bool Bool() const;

  kube::Symbol Symbol() const;
  // nullopt if absent.
  std::optional<kube::Symbol> OptionalSymbol() const;
  // nullopt if absent. Records a problem if the text is not an RFC 3339 time.
  std::optional<kube::Timestamp> Timestamp() const;
  // TCP if absent or empty. Records a problem for an unknown protocol.
  kube::Protocol Protocol() const;

  // Calls visit(Field) for each element of a list.
  template <class Visit>
  void ForEach(Visit visit) const {
    if (!Is(&rapidjson::Value::IsArray, "a list")) return;
    std::size_t index = 0;
    for (const rapidjson::Value& element : value_->GetArray()) visit(Field(&element, *this, {}, index++));
  }

  // Calls visit(key, Field) for each member of an object.
  template <class Visit>
  void ForEachEntry(Visit visit) const {
    if (!Is(&rapidjson::Value::IsObject, "an object")) return;
    for (const auto& entry : value_->GetObject()) {
      const std::string_view key(entry.name.GetString(), entry.name.GetStringLength());
      visit(key, Field(&entry.value, *this, key, kEntry));
    }
  }

  // Returns a map from string to string.
  kube::LabelMap Labels() const;

  // Records the problem `why` for this value.
  void Refuse(const std::string& why) const;

  // The value. REQUIRES: present().
  const rapidjson::Value& value() const { return *value_; }

 private:
  // Special values of index_.
  static constexpr std::size_t kMember = static_cast<std::size_t>(-1);
  static constexpr std::size_t kEntry = static_cast<std::size_t>(-2);

  Field(const rapidjson::Value* value, const Field& parent, std::string_view name, std::size_t index);

  // Whether there is a value of this type; records a problem if it has another type.
  bool Is(bool (rapidjson::Value::*type)() const, const char* expected) const;
  std::string Path() const;

  const rapidjson::Value* value_;
  const Field* parent_ = nullptr;  // null for the root
  std::string_view name_;
  std::size_t index_ = kMember;
  Problem* problem_;
};

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_FIELD_H_
