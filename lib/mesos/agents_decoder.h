// Decodes the agents in a master's response incrementally.

#ifndef K8SM_LIB_MESOS_AGENTS_DECODER_H_
#define K8SM_LIB_MESOS_AGENTS_DECODER_H_

#include "lib/base/error.h"
#include "lib/kube_json/value_capture.h"
#include "lib/mesos/agent_list.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::mesos {

// Maximum size of the response, and of a single agent in it.
inline constexpr std::size_t kMaxAnswerBytes = 64 << 20;
inline constexpr std::size_t kMaxAgentBytes = 1 << 20;
// Maximum number of agents, and of port ranges of all agents together, offered and used.
inline constexpr std::size_t kMaxAgents = 50'000;
inline constexpr std::size_t kMaxRanges = 1'000'000;

// Decodes the responses of /master/slaves, /slaves, /master/state and /master/state.json, of Mesos 0.20 to
// 1.11: an object with the list `slaves`. Push() the bytes, split anywhere, then call Finish(). Other members
// are skipped; at most one agent's text is buffered at a time.
//
// An agent that cannot be decoded is omitted and counted in AgentList::unreadable.
class AgentsDecoder {
 public:
  AgentsDecoder();

  // Takes the next bytes. Fails with kMalformed, and repeats the error on later calls, if the response is not
  // such an object, is too long, or has too many agents or ranges.
  Result<void> Push(std::string_view bytes);

  // Returns the list. Fails with kMalformed if the response is truncated or has no list of agents. Call it
  // once.
  Result<AgentList> Finish();

 private:
  // What is expected next.
  enum class State {
    kBegin,
    kFirstKey,  // or the end of the object
    kKey,
    kColon,
    kMember,
    kSkipped,      // the rest of a member that is not used
    kAfterMember,  // a comma, or the end of the object
    kFirstElement,
    kElement,
    kAfterElement,
    kEnd,
  };
  enum class List { kAgents, kRecovered };

  Result<void> Step(std::string_view& bytes);
  Result<void> BeginMember(std::string_view& bytes);
  Result<void> TakeKey(std::string_view& bytes);
  Result<void> TakeElement(std::string_view& bytes);
  bool TakeOne(std::string_view& bytes, char expected, State next);
  Result<void> Fail(std::string message);
  Result<void> AddAgent(const Result<std::string_view>& text);
  void ShareOffers(ports::Agent& agent);
  void NoteUnreadable(const std::string& why);

  State state_ = State::kBegin;
  List in_ = List::kAgents;
  kube_json::ValueCapture capture_;
  kube_json::ValueScanner skipped_;
  std::string key_;
  std::size_t received_ = 0;
  std::size_t index_ = 0;               // index of the next element
  std::size_t ranges_ = 0;              // of all agents so far
  std::vector<ports::PortSet> offers_;  // those that agents share, at most kMaxShared
  bool has_agents_ = false;
  Result<void> failed_;  // an error once Push() has failed
  AgentList list_;
};

// Decodes a complete response.
Result<AgentList> DecodeAgents(std::string_view json);

}  // namespace k8sm::mesos

#endif  // K8SM_LIB_MESOS_AGENTS_DECODER_H_
