#include "controller/program/manual.h"

#include <algorithm>
#include <cstddef>

namespace k8sm::controller {
namespace {

// Wraps `text` at `width` characters, each line indented by `indent` spaces.
std::string Wrap(std::string_view text, std::size_t indent, std::size_t width) {
  std::string wrapped;
  while (!text.empty()) {
    std::size_t length = text.size();
    if (length > width) {
      length = text.rfind(' ', width);
      if (length == std::string_view::npos) length = std::min(text.find(' '), text.size());
    }
    wrapped.append(indent, ' ').append(text.substr(0, length)).append("\n");
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return wrapped;
}

// Returns e.g. "(string, default "12h")".
std::string TypeAndDefault(const FlagText& flag) {
  const std::string value = flag.type == "string" ? "\"" + flag.default_value + "\"" : flag.default_value;
  return "(" + flag.type + ", default " + value + ")";
}

// Escapes what roff would interpret: backslashes, dashes that are not hyphens, and lines that start like a
// request.
std::string Roff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
  }
  if (escaped.starts_with('.') || escaped.starts_with('\'')) escaped.insert(0, "\\&");
  return escaped;
}

std::string OptionsPart(const std::vector<FlagGroup>& groups) {
  std::string part;
  for (const FlagGroup& group : groups) {
    part += ".SS " + Roff(group.title) + "\n";
    for (const FlagText& flag : group.flags) {
      part += ".TP\n\\fB" + Roff("-" + flag.name) + "\\fR " + Roff(TypeAndDefault(flag)) + "\n";
      part += Roff(flag.text) + "\n";
    }
  }
  return part;
}

}  // namespace

std::string HelpText(const std::vector<FlagGroup>& groups) {
  std::string text =
      "k8sm-controller-manager keeps the Endpoints of a Kubernetes cluster on Mesos in sync: it watches "
      "Services and\n"
      "Pods and publishes HostIP:HostPort (or PodIP:ContainerPort).\n\n"
      "Flags may be written with one dash or two, with _ or with -. Durations: 500ms, 10s, 1m30s, 12h.\n";
  for (const FlagGroup& group : groups) {
    text.append("\n").append(group.title).append(":\n");
    for (const FlagText& flag : group.flags) {
      text.append("  -").append(flag.name).append(" ").append(TypeAndDefault(flag)).append("\n");
      text += Wrap(flag.text, 6, 100);
    }
  }
  return text;
}

std::string ManualPage(std::string_view text, const std::vector<FlagGroup>& groups) {
  constexpr std::string_view kPlace = ".\\\" OPTIONS\n";
  std::string page(text);
  if (const auto at = page.find(kPlace); at != std::string::npos) {
    page.replace(at, kPlace.size(), OptionsPart(groups));
  }
  return page;
}

}  // namespace k8sm::controller
