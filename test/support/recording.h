// The recorded exchanges of test/golden/recordings.

#ifndef K8SM_TEST_SUPPORT_RECORDING_H_
#define K8SM_TEST_SUPPORT_RECORDING_H_

#include <string>

namespace k8sm::test {

// What a Kubernetes API server answered.
struct Recording {
  int status = 0;
  std::string body;
};

// By the file's name without .json. Throws std::runtime_error where there is no such recording.
Recording LoadRecording(const std::string& name);

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_RECORDING_H_
