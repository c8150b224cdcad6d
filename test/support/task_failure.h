// What a test does when a task of its own ends with an exception.

#ifndef K8SM_TEST_SUPPORT_TASK_FAILURE_H_
#define K8SM_TEST_SUPPORT_TASK_FAILURE_H_

#include <stdexcept>
#include <string>
#include <string_view>

namespace k8sm::test {

// A TaskGroup::FailureHandler that throws std::logic_error out of the io_context that runs the task.
inline void ThrowTaskFailure(std::string_view task, std::string_view what) {
  throw std::logic_error(std::string(task) + ": " + std::string(what));
}

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_TASK_FAILURE_H_
