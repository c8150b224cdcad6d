// Checked reading of a tree: every access names its place, so that an error can. Internal to the room: this
// header shows RapidJSON.

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

// The first thing that is wrong with a tree, with its path: ".spec.ports[1].port: expected an integer, got a
// string"; empty: nothing so far.
using Problem = std::string;

// A place in a tree and the value there, if any; null counts as none. Reading what is absent gives the empty
// value; reading what has another type does too, and notes the problem. So a reader reads on and the problem
// is asked for once, at the end. A field must not outlive the one it came from.
class Field {
 public:
  // The root. Both must outlive it.
  Field(const rapidjson::Value& value, Problem& problem);

  bool present() const { return value_ != nullptr; }
  bool IsObject() const { return present() && value_->IsObject(); }
  bool IsString() const { return present() && value_->IsString(); }

  // Of an object; the last of that name.
  Field Member(std::string_view name) const&;
  Field Member(std::string_view name) const&& = delete;

  std::string_view String() const;  // valid as long as the tree
  std::int32_t Int() const;
  bool Bool() const;

  kube::Symbol Symbol() const;
  std::optional<kube::Symbol> OptionalSymbol() const;
  std::optional<kube::Timestamp> Timestamp() const;
  // TCP where it is absent or empty.
  kube::Protocol Protocol() const;

  // Calls visit(Field) for each element of a list.
  template <class Visit>
  void ForEach(Visit visit) const {
    if (!Is(&rapidjson::Value::IsArray, "a list")) return;
    std::size_t index = 0;
    for (const rapidjson::Value& element : value_->GetArray()) visit(Field(&element, *this, {}, index++));
  }

  // Calls visit(key, Field) for each member of an object that is a map.
  template <class Visit>
  void ForEachEntry(Visit visit) const {
    if (!Is(&rapidjson::Value::IsObject, "an object")) return;
    for (const auto& entry : value_->GetObject()) {
      const std::string_view key(entry.name.GetString(), entry.name.GetStringLength());
      visit(key, Field(&entry.value, *this, key, kEntry));
    }
  }

  // A map from string to string.
  kube::LabelMap Labels() const;

  // Notes that the value is not what it has to be.
  void Refuse(const std::string& why) const;

  // REQUIRES: present().
  const rapidjson::Value& value() const { return *value_; }

 private:
  // What stands in place of an index.
  static constexpr std::size_t kMember = static_cast<std::size_t>(-1);
  static constexpr std::size_t kEntry = static_cast<std::size_t>(-2);

  Field(const rapidjson::Value* value, const Field& parent, std::string_view name, std::size_t index);

  // Whether there is a value, and of this type; if of another, that is a problem.
  bool Is(bool (rapidjson::Value::*type)() const, const char* expected) const;
  std::string Path() const;

  const rapidjson::Value* value_;
  const Field* parent_ = nullptr;  // null: the root
  std::string_view name_;
  std::size_t index_ = kMember;
  Problem* problem_;
};

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_FIELD_H_
