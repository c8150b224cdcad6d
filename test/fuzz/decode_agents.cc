// Fuzzes the list of agents in a master's answer, whole and cut into pieces.

#include "lib/mesos/agents_decoder.h"
#include "test/fuzz/fuzz.h"

#include <algorithm>

namespace k8sm::fuzz {
namespace {

Result<mesos::AgentList> DecodeInPieces(std::string_view text, std::size_t size) {
  mesos::AgentsDecoder decoder;
  while (!text.empty()) {
    const std::size_t taken = std::min(size, text.size());
    if (const auto pushed = decoder.Push(text.substr(0, taken)); !pushed) return pushed.error();
    text.remove_prefix(taken);
  }
  return decoder.Finish();
}

}  // namespace

void Try(std::string_view text) {
  const auto whole = mesos::DecodeAgents(text);
  ExpectFitForTheLog(whole);
  const auto pieces = DecodeInPieces(text, 1 + text.size() % 7);
  Expect(whole.has_value() == pieces.has_value(), "how an answer is cut does not matter");
  if (!whole) return;
  Expect(whole->agents.size() == pieces->agents.size(), "how an answer is cut changes no agents");
  Expect(whole->errors.size() <= mesos::kMaxErrors, "errors are bounded");
  for (const std::string& error : whole->errors) ExpectFitForTheLog(Error{.message = error});
  for (const ports::Agent& agent : whole->agents) Expect(!agent.name.empty(), "an agent has a name");
}

}  // namespace k8sm::fuzz
