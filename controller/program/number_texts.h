// Numbers and times as the log has them.

#ifndef K8SM_CONTROLLER_PROGRAM_NUMBER_TEXTS_H_
#define K8SM_CONTROLLER_PROGRAM_NUMBER_TEXTS_H_

#include <chrono>
#include <cstddef>
#include <string>

namespace k8sm::controller {

// Returns e.g. "1 pod" or "20,000 pods". `what` is the singular.
std::string CountText(std::size_t number, const std::string& what);

// Returns e.g. "12 ms" or "1.5 s".
std::string TimeText(std::chrono::duration<double> time);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_NUMBER_TEXTS_H_
