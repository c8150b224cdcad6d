// Fuzzes the encoding of events: whatever names and message contain, the output is JSON with the same
// content. The input is one field per line; the rest is the message.

#include "lib/base/utf8.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_json/field.h"
#include "lib/kube_json/parse.h"
#include "test/fuzz/fuzz.h"

#include <string>

namespace k8sm::fuzz {
namespace {

void ExpectMember(const kube_json::Field& object, std::string_view name, std::string_view value) {
  Expect(object.Member(name).String() == value, "what is read is what was written");
}

void ExpectReadable(const std::string& written, const kube::Event& event, bool whole) {
  const auto tree = kube_json::Parse(written);
  Expect(tree.has_value(), "what is written is JSON");
  kube_json::Problem problem;
  const kube_json::Field root(**tree, problem);
  ExpectMember(root, "message", event.message);
  Expect(root.Member("count").Int() == event.count, "the count is what was written");
  if (whole) {
    const kube_json::Field metadata = root.Member("metadata");
    ExpectMember(metadata, "name", event.name);
    ExpectMember(metadata, "namespace", event.ns());
    const kube_json::Field involved = root.Member("involvedObject");
    ExpectMember(involved, "namespace", event.involved.ns.get());
    ExpectMember(involved, "name", event.involved.name.get());
    ExpectMember(involved, "uid", event.involved.uid.Text());
    ExpectMember(involved, "resourceVersion", event.involved.resource_version);
  }
  Expect(problem.empty(), "what is written has the right types");
}

}  // namespace

void Try(std::string_view text) {
  // The parts of an event come from decoded objects and thus are valid UTF-8.
  if (Utf8Prefix(text) != text.size()) return;
  kube::Event event;
  event.involved.api_version = "v1";
  event.involved.kind = "Pod";
  event.involved.ns = kube::Symbol(TakeLine(text));
  event.involved.name = kube::Symbol(TakeLine(text));
  event.involved.uid = kube::Uid(TakeLine(text));
  event.involved.resource_version = TakeLine(text);
  event.name = event.involved.name + ".17";
  event.reason = "HostPortMissing";
  event.component = "k8sm-controller-manager";
  event.count = static_cast<std::int32_t>(text.size());
  event.message = text;
  ExpectReadable(kube_json::Encode(event), event, true);
  ExpectReadable(kube_json::EncodeRepetition(event), event, false);
}

}  // namespace k8sm::fuzz
