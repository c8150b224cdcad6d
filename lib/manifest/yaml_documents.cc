#include "lib/manifest/yaml_documents.h"

#include "lib/base/utf8.h"

#include <yaml-cpp/eventhandler.h>

#include <cstddef>
#include <sstream>
#include <utility>

namespace k8sm::manifest {
namespace {

constexpr std::size_t kMaxText = 4 << 20;
constexpr std::size_t kMaxValues = 200'000;
constexpr int kMaxDepth = 100;

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

// Checks the limits without building a tree, and stops when one is exceeded.
class Counter : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Count(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Count(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string& text) override {
    Count(mark);
    // yaml-cpp accepts any bytes, but YAML requires valid characters, and so does the JSON made from it.
    if (Utf8Prefix(text) != text.size()) throw YAML::ParserException(mark, "no UTF-8");
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Enter(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Enter(mark);
  }
  void OnMapEnd() override { --depth_; }

  bool too_much() const { return values_ > kMaxValues || depth_ > kMaxDepth; }

 private:
  void Count(const YAML::Mark& mark) {
    ++values_;
    if (too_much()) throw YAML::ParserException(mark, "too much");
  }
  void Enter(const YAML::Mark& mark) {
    ++depth_;
    Count(mark);
  }

  std::size_t values_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<void> LoadYamlDocuments(const std::string& text, std::vector<YAML::Node>& documents) {
  if (text.size() > kMaxText) return Invalid("is larger than 4 MiB");
  Counter counter;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(counter)) {
    }
    documents = YAML::LoadAll(text);
    return {};
  } catch (const YAML::Exception& exception) {
    // yaml-cpp's message may quote the file.
    return Invalid("line " + std::to_string(exception.mark.line + 1) +
                   (counter.too_much() ? " goes beyond 100 levels of nesting or 200,000 values"
                                       : " is neither YAML nor JSON"));
  }
}

}  // namespace k8sm::manifest
