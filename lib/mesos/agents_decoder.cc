#include "lib/mesos/agents_decoder.h"

#include "lib/base/printable.h"
#include "lib/base/utf8.h"
#include "lib/mesos/decode_agent.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace k8sm::mesos {
namespace {

constexpr std::size_t kExcerptBytes = 100;
// Most agents are started with one of a few sets of ports.
constexpr std::size_t kMaxShared = 32;

std::size_t RangesOf(const ports::Agent& agent) {
  std::size_t ranges = agent.used.ranges().size();
  for (const auto& [role, offered] : agent.offered) ranges += offered.ranges().size();
  return ranges;
}

void SkipSpace(std::string_view& bytes) {
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
}

}  // namespace

AgentsDecoder::AgentsDecoder() : capture_(kMaxAgentBytes) {}

Result<void> AgentsDecoder::Push(std::string_view bytes) {
  if (failed_.has_error()) return failed_;
  received_ += bytes.size();
  if (received_ > kMaxAnswerBytes) return Fail("a list of agents of more than 64 MiB");
  while (!bytes.empty()) {
    if (!capture_.started() && state_ != State::kSkipped) SkipSpace(bytes);
    if (bytes.empty()) break;
    if (auto step = Step(bytes); !step) return step;
  }
  return {};
}

Result<void> AgentsDecoder::Fail(std::string message) {
  failed_ = Error{.code = Errc::kMalformed, .message = std::move(message)};
  return failed_;
}

bool AgentsDecoder::TakeOne(std::string_view& bytes, char expected, State next) {
  if (bytes.front() != expected) return false;
  bytes.remove_prefix(1);
  state_ = next;
  return true;
}

Result<void> AgentsDecoder::Step(std::string_view& bytes) {
  switch (state_) {
    case State::kBegin:
      if (TakeOne(bytes, '{', State::kFirstKey)) return {};
      return Fail("a list of agents is not a JSON object: " + Printable(bytes, kExcerptBytes));
    case State::kFirstKey:
      if (!TakeOne(bytes, '}', State::kEnd)) state_ = State::kKey;
      return {};
    case State::kKey:
      return TakeKey(bytes);
    case State::kColon:
      if (TakeOne(bytes, ':', State::kMember)) return {};
      break;
    case State::kMember:
      return BeginMember(bytes);
    case State::kSkipped:
      bytes.remove_prefix(skipped_.Scan(bytes));
      if (skipped_.deepest() > kube_json::kMaxDepth) return Fail("a list of agents that is nested too deep");
      if (skipped_.complete()) state_ = State::kAfterMember;
      return {};
    case State::kAfterMember:
      if (TakeOne(bytes, ',', State::kKey) || TakeOne(bytes, '}', State::kEnd)) return {};
      break;
    case State::kFirstElement:
      if (!TakeOne(bytes, ']', State::kAfterMember)) state_ = State::kElement;
      return {};
    case State::kElement:
      return TakeElement(bytes);
    case State::kAfterElement:
      if (TakeOne(bytes, ',', State::kElement) || TakeOne(bytes, ']', State::kAfterMember)) return {};
      break;
    case State::kEnd:
      break;
  }
  return Fail("a list of agents goes on with " + Printable(bytes, kExcerptBytes));
}

Result<void> AgentsDecoder::TakeKey(std::string_view& bytes) {
  if (!capture_.started() && bytes.front() != '"')
    return Fail("a list of agents goes on with " + Printable(bytes, kExcerptBytes));
  const auto key = capture_.Take(bytes);
  if (!key) return {};
  if (key->has_error()) return Fail("the name of a member: " + key->error().message);
  key_ = **key;
  state_ = State::kColon;
  return {};
}

Result<void> AgentsDecoder::BeginMember(std::string_view& bytes) {
  if (!kube_json::CanBeginValue(bytes.front()))
    return Fail("a list of agents goes on with " + Printable(bytes, kExcerptBytes));
  const bool agents = key_ == "\"slaves\"";
  const bool recovered = key_ == "\"recovered_slaves\"";
  if ((agents || recovered) && TakeOne(bytes, '[', State::kFirstElement)) {
    if (agents && has_agents_) return Fail("an answer with two lists of agents");
    has_agents_ = has_agents_ || agents;
    in_ = agents ? List::kAgents : List::kRecovered;
    if (recovered) list_.recovered = 0;
    index_ = 0;
    return {};
  }
  if (agents) return Fail("an answer whose agents are not a list");
  skipped_ = {};
  state_ = State::kSkipped;
  return {};
}

Result<void> AgentsDecoder::TakeElement(std::string_view& bytes) {
  if (!capture_.started() && !kube_json::CanBeginValue(bytes.front()))
    return Fail("a list of agents goes on with " + Printable(bytes, kExcerptBytes));
  const auto element = capture_.Take(bytes);
  if (!element) return {};
  state_ = State::kAfterElement;
  if (++index_ > kMaxAgents) return Fail("a list of more than 50,000 agents");
  if (in_ == List::kRecovered) {
    ++*list_.recovered;
  } else {
    return AddAgent(*element);
  }
  return {};
}

Result<void> AgentsDecoder::AddAgent(const Result<std::string_view>& text) {
  if (!text) {
    NoteUnreadable("an agent: " + text.error().message);
    return {};
  }
  auto decoded = DecodeAgent(*text);
  if (!decoded) {
    NoteUnreadable(decoded.error().message);
    return {};
  }
  ranges_ += RangesOf(decoded->agent);
  if (ranges_ > kMaxRanges) return Fail("a list of agents with more than 1,000,000 ranges of ports");
  ShareOffers(decoded->agent);
  list_.agents.push_back(std::move(decoded->agent));
  if (!decoded->registered) return {};
  list_.first_registration =
      std::min(list_.first_registration.value_or(*decoded->registered), *decoded->registered);
  return {};
}

void AgentsDecoder::ShareOffers(ports::Agent& agent) {
  for (auto& [role, offered] : agent.offered) {
    const auto known = std::find(offers_.begin(), offers_.end(), offered);
    if (known != offers_.end()) {
      offered = *known;
    } else if (offers_.size() < kMaxShared) {
      offers_.push_back(offered);
    }
  }
}

void AgentsDecoder::NoteUnreadable(const std::string& why) {
  ++list_.unreadable;
  if (list_.errors.size() < kMaxErrors) list_.errors.push_back(why);
}

Result<AgentList> AgentsDecoder::Finish() {
  if (failed_.has_error()) return failed_.error();
  if (state_ != State::kEnd)
    return Error{.code = Errc::kMalformed,
                 .message = received_ == 0 ? "an empty answer" : "a list of agents was cut off"};
  if (!has_agents_) return Error{.code = Errc::kMalformed, .message = "an answer without a list of agents"};
  return std::move(list_);
}

Result<AgentList> DecodeAgents(std::string_view json) {
  AgentsDecoder decoder;
  if (auto pushed = decoder.Push(json); !pushed) return pushed.error();
  return decoder.Finish();
}

}  // namespace k8sm::mesos
