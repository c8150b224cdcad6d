// The output of each command. Pure functions from state to text.

#ifndef K8SM_CONTROLLER_PORTS_PROGRAM_COMMANDS_H_
#define K8SM_CONTROLLER_PORTS_PROGRAM_COMMANDS_H_

#include "controller/ports_program/checker.h"
#include "controller/ports_program/options.h"
#include "controller/ports_program/state.h"
#include "lib/base/error.h"
#include "lib/kube/timestamp.h"

#include <string>

namespace k8sm::ports_program {

// Return the output of `map`: the port space of each agent and role.
std::string MapText(const State& state, const Options& options);
std::string MapJson(const State& state, const Options& options);

// The result of a command, in both formats.
struct Answer {
  std::string text;
  std::string json;
  bool enough = true;  // false if fewer ports are free than requested
};

// Suggests free ports. REQUIRES: the only operand is a number.
Answer SuggestPorts(const State& state, const Options& options);

// Explain what the only operand names: a pod, NAMESPACE/NAME, whose ages are counted to `now`; ports, on how
// many agents they are offered and free together; or an agent, and which of its pods have room on others.
// Errors: kNotFound.
Result<Answer> ExplainPod(const State& state, const Options& options, kube::Timestamp now);
Answer ExplainPorts(const State& state, const Options& options);
Result<Answer> ExplainAgent(const State& state, const Options& options);

// Checks the live pods and agents.
CheckResult CheckLive(const State& state, const Options& options);

}  // namespace k8sm::ports_program

#endif  // K8SM_CONTROLLER_PORTS_PROGRAM_COMMANDS_H_
