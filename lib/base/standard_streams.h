// Prepares descriptors 0 to 2 at process start.

#ifndef K8SM_LIB_BASE_STANDARD_STREAMS_H_
#define K8SM_LIB_BASE_STANDARD_STREAMS_H_

namespace k8sm {

// Opens closed descriptors among 0 to 2 on /dev/null, so that no file or socket gets one of these numbers and
// receives log output. Ignores SIGPIPE, so that writing to a closed pipe is an error instead of terminating
// the process. Gives SIGCHLD its default effect: if a parent has set it to be ignored, how children end
// cannot be determined. Call it first in main(). Returns false if /dev/null cannot be opened.
bool PrepareStandardStreams();

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_STANDARD_STREAMS_H_
