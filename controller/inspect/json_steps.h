// Writes JSON text directly, without a document in memory, so that long output can be generated in steps.

#ifndef K8SM_CONTROLLER_INSPECT_JSON_STEPS_H_
#define K8SM_CONTROLLER_INSPECT_JSON_STEPS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace k8sm::controller {

// Builds the text of a JSON object, member by member and in the order of the calls.
class JsonObject {
 public:
  // `json` is inserted as it is and must be valid JSON; Text() escapes its value.
  JsonObject& Raw(std::string_view key, std::string_view json);
  JsonObject& Text(std::string_view key, std::string_view value);
  JsonObject& Bool(std::string_view key, bool value) { return Raw(key, value ? "true" : "false"); }
  // Returns the complete object.
  std::string Done() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

// Generates the text of a JSON array in steps. A PageParts::Part.
class JsonArray {
 public:
  // `element` returns the JSON of the element at `index`, which is less than `size`. It is called once for
  // each index, in order, up to kRowsPerStep times per step.
  JsonArray(std::size_t size, std::function<std::string(std::size_t index)> element)
      : size_(size), element_(std::move(element)) {}

  // Appends the next step. Returns whether more follows.
  bool operator()(std::string& out);

 private:
  const std::size_t size_;
  const std::function<std::string(std::size_t)> element_;
  std::size_t written_ = 0;
};

// Returns the text of a whole array. For short lists, since it does not run in steps.
template <class List, class ToJson>
std::string JsonOf(const List& list, ToJson to_json) {
  std::string text = "[";
  for (const auto& element : list) text.append(text.size() > 1 ? "," : "").append(to_json(element));
  return text + "]";
}

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_JSON_STEPS_H_
