// What each command prints. Pure: state in, text out.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_COMMANDS_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_COMMANDS_H_

#include "controller/ports_program/checker.h"
#include "controller/ports_program/options.h"
#include "controller/ports_program/state.h"
#include "lib/base/error.h"
#include "lib/kube/timestamp.h"

#include <string>

namespace k8sm::ports_program {

std::string MapText(const State& state, const Options& options);
std::string MapJson(const State& state, const Options& options);

struct Answer {
  std::string text;
  std::string json;
  bool enough = true;  // what was asked for is there
};

// REQUIRES: the only operand is a number.
Answer SuggestPorts(const State& state, const Options& options);

// Why the pod NAMESPACE/NAME is where it is. kNotFound. `now` says for how long.
Result<Answer> ExplainPod(const State& state, const Options& options, kube::Timestamp now);

// What is wrong with live pods and agents, as findings.
CheckResult CheckLive(const State& state, const Options& options);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_COMMANDS_H_
