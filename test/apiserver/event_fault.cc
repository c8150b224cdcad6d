#include "test/apiserver/event_fault.h"

#include "test/apiserver/status.h"

#include <algorithm>
#include <utility>

namespace k8sm::apiserver {
namespace {

// The number of earlier events that are repeated.
constexpr std::size_t kPast = 20;

bool IsBookmark(std::string_view line) {
  return line.starts_with(R"({"type":"BOOKMARK")");
}

bool IsInitialEnd(std::string_view line) {
  return IsBookmark(line) && line.find("k8s.io/initial-events-end") != line.npos;
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// Bookmarks keep their position: they guarantee that all events before them have been sent.
void Reverse(std::vector<std::string>& lines) {
  for (auto begin = lines.begin(); begin != lines.end();) {
    const auto end = std::find_if(begin, lines.end(), IsBookmark);
    std::reverse(begin, end);
    begin = end == lines.end() ? end : end + 1;
  }
}

}  // namespace

bool EventFault::IsFor(const FaultRule& rule) {
  return rule.effect >= FaultEffect::kNoBookmarks || rule.effect == FaultEffect::kTruncate;
}

bool EventFault::Apply(std::string& lines) {
  std::vector<std::string> events = Split(std::exchange(lines, {}));
  if (rule_.effect == FaultEffect::kReorder && passed_ >= rule_.after_events) Reverse(events);
  for (const std::string& event : events) {
    if (!Append(event, lines)) return false;
  }
  // An error event does not follow an event, so with afterEvents 0 it is sent at once.
  if (rule_.effect != FaultEffect::kErrorEvent || passed_ < rule_.after_events) return true;
  return Append("", lines);
}

bool EventFault::Append(std::string_view line, std::string& out) {
  const bool bookmark = IsBookmark(line);
  if (passed_ < rule_.after_events) {
    if (!bookmark) ++passed_;
    out += line;
    if (rule_.effect == FaultEffect::kPast && !bookmark) past_.emplace_back(line);
    return true;
  }
  switch (rule_.effect) {
    case FaultEffect::kNoBookmarks:
      if (!bookmark) out += line;
      return true;
    case FaultEffect::kNoInitialEnd:
      if (!IsInitialEnd(line)) out += line;
      return true;
    case FaultEffect::kDuplicate:
      out.append(line).append(line);
      return true;
    case FaultEffect::kPast:
      out += line;
      if (!bookmark) AppendPast(line, out);
      return true;
    case FaultEffect::kErrorEvent: {
      const Status status = StatusOfCode(rule_.code);
      out += R"({"type":"ERROR","object":)" + ToJson(status) + "}\n";
      return false;
    }
    case FaultEffect::kTruncate:
      out += line.substr(0, line.size() / 2);
      return false;
    default:
      out += line;
      return true;
  }
}

void EventFault::AppendPast(std::string_view line, std::string& out) {
  if (!past_.empty()) out += past_[next_past_++ % past_.size()];
  if (past_.size() < kPast) past_.emplace_back(line);
}

}  // namespace k8sm::apiserver
