// Long JSON, made by hand and in steps.

#ifndef K8SM_CONTROLLER_INSPECT_JSON_STEPS_H_
#define K8SM_CONTROLLER_INSPECT_JSON_STEPS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace k8sm::controller {

// Grows a JSON object member by member.
class JsonObject {
 public:
  JsonObject& Raw(std::string_view key, std::string_view json);
  JsonObject& Text(std::string_view key, std::string_view value);
  JsonObject& Bool(std::string_view key, bool value) { return Raw(key, value ? "true" : "false"); }
  std::string Done() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

// A JSON array's text, made in steps; a PageParts::Part.
class JsonArray {
 public:
  // `element` gives the JSON of an index below `size`; it is called once for each, kRowsPerStep times in a
  // step.
  JsonArray(std::size_t size, std::function<std::string(std::size_t index)> element)
      : size_(size), element_(std::move(element)) {}

  // Returns whether more follows.
  bool operator()(std::string& out);

 private:
  const std::size_t size_;
  const std::function<std::string(std::size_t)> element_;
  std::size_t written_ = 0;
};

// The whole array at once, of a list that is short.
template <class List, class ToJson>
std::string JsonOf(const List& list, ToJson to_json) {
  std::string text = "[";
  for (const auto& element : list) text.append(text.size() > 1 ? "," : "").append(to_json(element));
  return text + "]";
}

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_JSON_STEPS_H_
